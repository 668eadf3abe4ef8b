package dev.outpost.interop;

import dev.outpost.testkit.contract.Ability;
import java.util.Map;

/** The contracts on the exec-server of Codex 0.169. */
class Codex169ContractTest extends PeerContract {
    Codex169ContractTest() {
        super(Peer.V169);
    }

    @Override
    protected Map<Ability, String> lacking() {
        return Map.ofEntries(
                Map.entry(Ability.HOLDS_OUTPUT, "it never stops reading what processes print, and drops the oldest"),
                Map.entry(Ability.RETAINS_OUTPUT, "it keeps 1 MiB for each process"),
                Map.entry(Ability.ORDERS_EXIT, "it numbers the exit when it sees it, also before the last output"),
                Map.entry(Ability.KILLS_DESCENDANTS, "it kills the process group and nothing else"),
                Map.entry(Ability.CLOSES_TERMINALS, "its close waits until nobody has the terminal open"),
                Map.entry(Ability.REOPENS_TERMINALS, "it stops reading a terminal that nobody has open"),
                Map.entry(Ability.TELLS_SANDBOXES, "whoever names a profile gets its sandbox, also for none"),
                Map.entry(Ability.HIDES_ITS_VARIABLES, "it looks for them in their usual case only"),
                Map.entry(Ability.EXTENSIONS, "it can neither close stdin nor resize a terminal"),
                Map.entry(Ability.READS_SPECIAL_FILES, "it reads regular files only"),
                Map.entry(
                        Ability.COPIES_ONTO_OTHER_NAMES,
                        "it empties such a file, and only it could tell that it is the same"),
                Map.entry(Ability.WORDS_ERRORS, "it has words of its own for some, and sorts some differently"));
    }
}
