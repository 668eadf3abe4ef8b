package dev.outpost.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Something to do with a server.
 *
 * @param weight how often, relative to the others
 * @param body does it once and checks what comes of it; throws if anything is not as it should be
 */
record Activity(String name, int weight, Body body) {
    /** Throws whatever shows a defect. */
    @FunctionalInterface
    interface Body {
        void run(Actor actor) throws Exception;
    }

    /** All there is. */
    static List<Activity> all() {
        List<Activity> all = new ArrayList<>();
        all.addAll(ProcessActivities.all());
        all.addAll(SessionActivities.all());
        all.addAll(FileActivities.all());
        all.addAll(AbuseActivities.all());
        return List.copyOf(all);
    }

    /** One of them by chance. */
    static Activity choose(List<Activity> activities, SplittableRandom random) {
        int at = random.nextInt(activities.stream().mapToInt(Activity::weight).sum());
        for (Activity activity : activities) {
            at -= activity.weight();
            if (at < 0) {
                return activity;
            }
        }
        throw new IllegalStateException("no activities");
    }
}
