package dev.outpost.testkit.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** What the matching rules let pass, and that they let nothing else pass. */
class ComparisonTest {
    private static final String OUTPUT =
            "{'method':'process/output','params':{'processId':'p','seq':%d,'stream':'%s','chunk':'%s'}}";
    private static final String EXITED =
            "{'method':'process/exited','params':{'processId':'p','seq':%d,'exitCode':%d}}";
    private static final String CLOSED = "{'method':'process/closed','params':{'processId':'p','seq':%d}}";

    private static final String[] RECORDED = {
        OUTPUT.formatted(1, "stdout", "b25l"), EXITED.formatted(2, 0), CLOSED.formatted(3)
    };

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {'id':1,'result':{}}             | {'id':1,'result':{}}                            | true
                    {'id':1,'result':{}}             | {'id':2,'result':{}}                            | false
                    {'id':1,'result':{}}             | {'id':'1','result':{}}                          | false
                    {'id':1,'result':{}}             | {'id':1,'result':{'a':1}}                       | false
                    {'id':1,'result':{'a':1}}        | {'id':1,'result':{}}                            | false
                    {'id':1,'result':{'a':1}}        | {'id':1,'result':{'a':1.0}}                     | false
                    {'id':1,'result':{'a':null}}     | {'id':1,'result':{}}                            | false
                    {'id':1,'result':{}}             | {'id':1,'result':{'size':4}}                    | true
                    {'id':1,'result':{}}             | {'id':1,'result':{'sandboxDenied':false}}       | true
                    {'id':1,'result':{'a':'<int>'}}  | {'id':1,'result':{'a':5}}                       | true
                    {'id':1,'result':{'a':'<int>'}}  | {'id':1,'result':{'a':'5'}}                     | false
                    {'id':1,'result':'<prefix>ab'}   | {'id':1,'result':'abc'}                         | true
                    {'id':1,'result':'<prefix>ab'}   | {'id':1,'result':'cab'}                         | false
                    {'id':1,'result':'<uuid>'}       | {'id':1,'result':'0fa24a3c-0000-4000-8000-000000000000'} | true
                    {'id':1,'result':'<uuid>'}       | {'id':1,'result':'0FA24A3C-0000-4000-8000-000000000000'} | false
                    {'id':1,'result':{'entries':[{'fileName':'a'},{'fileName':'b'}]}} | {'id':1,'result':{'entries':[{'fileName':'b'},{'fileName':'a'}]}} | true
                    {'id':1,'result':{'entries':[{'fileName':'a'}]}} | {'id':1,'result':{'entries':[]}}        | false
                    {'id':1,'error':{'code':-32602,'message':'x'}} | {'id':1,'error':{'code':-32602,'message':'y'}} | false
                    {'id':1,'error':{'code':-32600,'message':'session s is already attached to another connection'}} | {'id':1,'error':{'code':-32010,'message':'session s is already attached to another connection'}} | true
                    {'id':1,'error':{'code':-32600,'message':'session s is already attached to another connection'}} | {'id':1,'error':{'code':-32010,'message':'busy'}} | false
                    {'id':1,'error':{'code':-32600,'message':'unknown session id s'}} | {'id':1,'error':{'code':-32010,'message':'unknown session id s'}} | false
                    """)
    void messages(String expected, String actual, boolean match) {
        assertThat(differences(false, List.of(expected), List.of(actual)).isEmpty())
                .isEqualTo(match);
    }

    @Test
    void chunksMayBeCutElsewhereAndTheExitMayComeBeforeOutput() {
        assertThat(notificationDifferences(
                        OUTPUT.formatted(1, "stdout", "bw=="),
                        EXITED.formatted(2, 0),
                        OUTPUT.formatted(3, "stdout", "bmU="),
                        CLOSED.formatted(4)))
                .isEmpty();
    }

    @Test
    void responsesAndNotificationsMayInterleave() {
        List<String> response = List.of("{'id':1,'result':{}}");
        assertThat(differences(false, plus(response, RECORDED), plus(List.of(RECORDED), response.getFirst())))
                .isEmpty();
    }

    @Test
    void everythingElseAboutAProcessCounts() {
        String output = OUTPUT.formatted(1, "stdout", "b25l");
        Stream.of(
                        new String[] {OUTPUT.formatted(1, "stderr", "b25l"), EXITED.formatted(2, 0), CLOSED.formatted(3)
                        },
                        new String[] {OUTPUT.formatted(1, "stdout", "b24="), EXITED.formatted(2, 0), CLOSED.formatted(3)
                        },
                        new String[] {output, EXITED.formatted(2, 1), CLOSED.formatted(3)},
                        new String[] {output, EXITED.formatted(2, 0), CLOSED.formatted(4)},
                        new String[] {output, EXITED.formatted(3, 0), CLOSED.formatted(2)},
                        new String[] {output, EXITED.formatted(2, 0)},
                        new String[] {output, EXITED.formatted(2, 0), CLOSED.formatted(3), CLOSED.formatted(4)},
                        new String[] {})
                .forEach(actual -> assertThat(notificationDifferences(actual))
                        .as(String.join(" ", actual))
                        .isNotEmpty());
    }

    @Test
    void anUnexpectedEndAndAMissingOneAreSeen() {
        List<String> answer = List.of("{'id':1,'result':{}}");
        List<String> answerAndEnd = plus(answer, "{'$closed':true}");
        assertThat(differences(false, answer, answerAndEnd)).isNotEmpty();
        assertThat(differences(false, answerAndEnd, answer)).isNotEmpty();
    }

    @Test
    void strictOrderIsOverAll() {
        List<String> two = List.of("{'id':1,'result':{}}", CLOSED.formatted(1));
        assertThat(differences(true, two, two)).isEmpty();
        assertThat(differences(true, two, two.reversed())).isNotEmpty();
    }

    private static List<String> notificationDifferences(String... actual) {
        return differences(false, List.of(RECORDED), List.of(actual));
    }

    private static List<String> differences(boolean strictOrder, List<String> expected, List<String> actual) {
        var vector = new VectorCase(
                "case",
                Set.of(),
                VectorCase.Handshake.FULL,
                MissingNode.getInstance(),
                List.of(),
                false,
                MissingNode.getInstance(),
                strictOrder,
                false,
                MissingNode.getInstance());
        return Comparison.differences(vector, observed(expected), observed(actual));
    }

    private static List<Observed> observed(List<String> messages) {
        return messages.stream()
                .map(message -> new Observed("a", JsonMapper.shared().readTree(message.replace('\'', '"'))))
                .toList();
    }

    private static List<String> plus(List<String> first, String... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toList();
    }
}
