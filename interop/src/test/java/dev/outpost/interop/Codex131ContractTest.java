package dev.outpost.interop;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.testkit.contract.Ability;
import java.util.Map;

/** The contracts on the exec-server of Codex 0.131. */
class Codex131ContractTest extends PeerContract {
    Codex131ContractTest() {
        super(Peer.V131);
    }

    @Override
    protected Map<Ability, String> lacking() {
        return Map.ofEntries(
                Map.entry(Ability.HOLDS_OUTPUT, "it never stops reading what processes print, and drops the oldest"),
                Map.entry(Ability.RETAINS_OUTPUT, "it keeps 1 MiB for each process"),
                Map.entry(Ability.ORDERS_EXIT, "it numbers the exit when it sees it, also before the last output"),
                Map.entry(Ability.KNOWS_WRITE_IDS, "its process/write has no writeId"),
                Map.entry(Ability.SIGNALS, "it has no process/signal; on a terminal our client writes Ctrl-C"),
                Map.entry(Ability.KILLS_DESCENDANTS, "it kills the process group and nothing else"),
                Map.entry(Ability.CLOSES_TERMINALS, "on a busy machine its close now and then never comes"),
                Map.entry(Ability.REOPENS_TERMINALS, "it stops reading a terminal that nobody has open"),
                Map.entry(Ability.HIDES_ITS_VARIABLES, "it takes no variable out"),
                Map.entry(Ability.EXTENSIONS, "it can neither close stdin nor resize a terminal"),
                Map.entry(Ability.TELLS_SANDBOXES, "its answer to process/start has no sandboxType"),
                Map.entry(Ability.TELLS_SIZES, "its metadata have no size"),
                Map.entry(
                        Ability.COPIES_ONTO_OTHER_NAMES,
                        "it empties such a file, and only it could tell that it is the same"));
    }

    /** It tells every signal as -1 (spec P53). */
    @Override
    protected ExitStatus told(ExitStatus status, boolean terminal) {
        return switch (status) {
            case ExitStatus.Code code -> code;
            case ExitStatus.Signal _ -> new ExitStatus.Code(terminal ? 1 : -1);
        };
    }
}
