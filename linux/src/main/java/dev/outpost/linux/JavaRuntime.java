package dev.outpost.linux;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** What this JVM was started from. */
public final class JavaRuntime {
    private JavaRuntime() {}

    /** Absolute paths of the files and directories from which classes are loaded, whenever one is needed first. */
    public static List<String> classFiles() {
        List<String> paths = new ArrayList<>();
        paths.add(System.getProperty("java.home"));
        for (String element : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
            if (!element.isEmpty()) {
                paths.add(new File(element).getAbsolutePath());
            }
        }
        return paths;
    }
}
