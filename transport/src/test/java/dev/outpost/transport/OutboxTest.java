package dev.outpost.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.testkit.Spec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Deque<OutgoingMessage> pulls = new ArrayDeque<>();
    private final AtomicInteger wakes = new AtomicInteger();
    private @Nullable Runnable whilePulling;
    private final Outbox outbox = new Outbox(
            new RecordingHandler() {
                @Override
                public @Nullable OutgoingMessage pull() {
                    OutgoingMessage next = pulls.poll();
                    if (whilePulling != null) {
                        whilePulling.run();
                    }
                    return next;
                }
            },
            wakes::incrementAndGet);

    @Test
    void writesInTheOrderOfSending() {
        outbox.send(new CountedMessage("1 "));
        outbox.send(new CountedMessage("2a ", "2b "));
        outbox.send(new CountedMessage("3 "));
        assertThat(drain()).isEqualTo("1 2a 2b 3 ");
    }

    @Test
    void pulledMessagesAndSentOnesTakeTurns() {
        for (int i = 0; i < 3; i++) {
            pulls.add(new CountedMessage("pulled "));
            outbox.send(new CountedMessage("sent "));
        }
        outbox.requestPull();
        whilePulling = () -> {
            if (!pulls.isEmpty()) {
                outbox.send(new CountedMessage("later "));
            }
        };
        assertThat(drain()).isEqualTo("sent sent sent later pulled later pulled pulled ");
    }

    @Test
    @Spec({"W50"})
    void whatIsPulledNeverOvertakesWhatWasSentBefore() {
        // The answer is sent and its first delta becomes available while the handler is being asked.
        pulls.add(new CountedMessage("delta "));
        whilePulling = () -> {
            outbox.send(new CountedMessage("answer "));
            whilePulling = null;
        };
        outbox.requestPull();
        assertThat(drain()).isEqualTo("answer delta ");
    }

    @Test
    void pullsOnlyWhenAskedTo() {
        pulls.add(new CountedMessage("pulled "));
        assertThat(drain()).isEmpty();
        outbox.requestPull();
        assertThat(drain()).isEqualTo("pulled ");
        pulls.add(new CountedMessage("next "));
        assertThat(drain()).isEmpty();
    }

    @Test
    void asksForOneTurnAtATime() {
        outbox.send(new CountedMessage("1"));
        outbox.send(new CountedMessage("2"));
        outbox.requestPull();
        assertThat(wakes).hasValue(1);
        outbox.beginTurn();
        outbox.send(new CountedMessage("3"));
        assertThat(wakes).hasValue(2);
    }

    @Test
    void countsWhatIsUnsent() {
        outbox.send(new CountedMessage("1"));
        outbox.send(new CountedMessage("2"));
        assertThat(outbox.size()).isEqualTo(2);
        outbox.writePart(new JsonOutput());
        assertThat(outbox.size()).isEqualTo(1);
        drain();
        assertThat(outbox.size()).isZero();
    }

    @Test
    void afterTheLastMessageNothingIsWrittenNorPulled() {
        outbox.send(new CountedMessage("1 "));
        outbox.finish();
        CountedMessage late = new CountedMessage("late ");
        outbox.send(late);
        pulls.add(new CountedMessage("pulled "));
        outbox.requestPull();
        assertThat(outbox.finished()).isFalse();
        assertThat(drain()).isEqualTo("1 ");
        assertThat(outbox.finished()).isTrue();
        outbox.close();
        assertThat(late.closes()).isEqualTo(1);
        assertThat(pulls).hasSize(1);
    }

    @Test
    void closesWrittenHalfWrittenQueuedAndRefusedMessagesOnce() {
        List<CountedMessage> messages = List.of(
                new CountedMessage("written"),
                new CountedMessage("half", "written"),
                new CountedMessage("queued"),
                new CountedMessage("refused"));
        JsonOutput out = new JsonOutput();
        messages.subList(0, 3).forEach(outbox::send);
        outbox.writePart(out);
        outbox.writePart(out);
        assertThat(outbox.insideMessage()).isTrue();
        outbox.close();
        outbox.send(messages.get(3));
        outbox.close();
        assertThat(messages).extracting(CountedMessage::closes).containsOnly(1);
        assertThat(outbox.writePart(out)).isFalse();
    }

    @Test
    void aMessageThatFailsIsClosedOnce() {
        AtomicInteger closes = new AtomicInteger();
        outbox.send(new OutgoingMessage() {
            @Override
            public boolean writeTo(JsonOutput out) {
                throw new IllegalStateException("cannot write");
            }

            @Override
            public void close() {
                closes.incrementAndGet();
                throw new IllegalStateException("cannot close either");
            }
        });
        assertThatThrownBy(() -> outbox.writePart(new JsonOutput())).hasMessage("cannot write");
        outbox.close();
        assertThat(closes).hasValue(1);
    }

    @Test
    void closesEachMessageOnceWhenManyThreadsSendDuringTheEnd() throws InterruptedException {
        ConcurrentLinkedQueue<CountedMessage> sent = new ConcurrentLinkedQueue<>();
        CountDownLatch sending = new CountDownLatch(4);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            senders.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 20_000; n++) {
                    CountedMessage message = new CountedMessage("x");
                    sent.add(message);
                    outbox.send(message);
                    if (n == 1000) {
                        sending.countDown();
                    }
                }
            }));
        }
        sending.await();
        drain();
        outbox.close();
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(sent).hasSize(80_000).allMatch(message -> message.closes() == 1);
    }

    private String drain() {
        JsonOutput out = new JsonOutput();
        outbox.beginTurn();
        while (outbox.writePart(out)) {
            assertThat(out.size()).isPositive();
        }
        return new String(out.array(), 0, out.size(), UTF_8);
    }
}
