package dev.outpost.environment.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.config.EnvironmentsDocument.Entry;
import dev.outpost.local.env.ExecutorEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Adds and removes entries of the user's {@code environments.toml}, as text: comments and everything else stay. What would
 * come out is read back first; if it is not what was meant, nothing is changed. Two at the same time are not kept apart:
 * the last one wins.
 */
public final class EnvironmentsEditor {
    private static final Pattern ENTRY = Pattern.compile("\\s*\\[\\[\\s*environments\\s*]]\\s*(#.*)?");
    private static final Pattern OTHER_TABLE = Pattern.compile("\\s*\\[(?!\\s*environments\\s*\\.).*");
    private static final Pattern REMARK = Pattern.compile("\\s*(#.*)?");

    private final ExecutorEnvironment variables;

    /**
     * Reads nothing yet.
     *
     * @param variables say where the file is
     */
    public EnvironmentsEditor(ExecutorEnvironment variables) {
        this.variables = variables;
    }

    /**
     * Appends an environment behind a URL; makes the file if there is none.
     *
     * @return the changed file
     * @throws EnvironmentException if there is such an id already, a rule is broken, or the file can't be changed
     */
    public Path addUrl(String id, String url) throws EnvironmentException {
        return add(id, "url = " + quoted(url) + "\n");
    }

    /** The same for one behind a program. */
    public Path addProgram(String id, String program, List<String> arguments) throws EnvironmentException {
        String list = arguments.stream().map(EnvironmentsEditor::quoted).collect(Collectors.joining(", "));
        return add(id, "program = " + quoted(program) + "\n" + (arguments.isEmpty() ? "" : "args = [" + list + "]\n"));
    }

    private Path add(String id, String target) throws EnvironmentException {
        EnvironmentsFile file = EnvironmentsFile.findOrDefault(variables);
        String before = Files.exists(file.path()) ? file.read() : "";
        String gap = before.isEmpty() ? "" : before.endsWith("\n") ? "\n" : "\n\n";
        String after = before + gap + "[[environments]]\nid = " + quoted(id) + "\n" + target;
        List<Entry> expected = new ArrayList<>(parse(file, before).environments());
        List<Entry> found = parse(file, after).environments();
        if (found.size() != expected.size() + 1
                || !found.subList(0, expected.size()).equals(expected)) {
            throw byHand(file);
        }
        return write(file, after);
    }

    /**
     * Removes the environment with this id.
     *
     * @return the changed file
     * @throws EnvironmentException if there is none, it is the default, or the file can't be changed
     */
    public Path remove(String id) throws EnvironmentException {
        EnvironmentsFile file = EnvironmentsFile.findOrDefault(variables);
        String before = Files.exists(file.path()) ? file.read() : "";
        List<Entry> expected = new ArrayList<>(parse(file, before).environments());
        int index = expected.stream().map(Entry::id).toList().indexOf(id);
        if (index < 0) {
            throw EnvironmentException.protocol("environment `" + id + "` is not in `" + file.path() + "`");
        }
        expected.remove(index);
        String after = without(before, index);
        if (!parse(file, after).environments().equals(expected)) {
            throw byHand(file);
        }
        return write(file, after);
    }

    /** Without the n-th entry and the gap before it; remarks right before what follows belong to that. */
    private static String without(String text, int index) {
        List<String> lines = text.lines().toList();
        int start = -1;
        for (int line = 0, entry = 0; line < lines.size() && start < 0; line++) {
            if (ENTRY.matcher(lines.get(line)).matches() && entry++ == index) {
                start = line;
            }
        }
        if (start < 0) {
            return text;
        }
        int end = start + 1;
        while (end < lines.size() && !OTHER_TABLE.matcher(lines.get(end)).matches()) {
            end++;
        }
        while (end < lines.size()
                && end > start + 1
                && REMARK.matcher(lines.get(end - 1)).matches()) {
            end--;
        }
        while (start > 0 && lines.get(start - 1).isBlank()) {
            start--;
        }
        List<String> kept = new ArrayList<>(lines.subList(0, start));
        kept.addAll(lines.subList(end, lines.size()));
        return kept.isEmpty() ? "" : String.join("\n", kept) + "\n";
    }

    private static EnvironmentsDocument parse(EnvironmentsFile file, String text) throws EnvironmentException {
        try {
            EnvironmentsDocument document = EnvironmentsParser.parse(text, file.outposts());
            var configured = EntryRules.check(document, file.path().getParent());
            var _ = EntryRules.defaultId(document, configured);
            return document;
        } catch (ParseFailure failure) {
            throw EnvironmentException.protocol(
                    "failed to parse environment config `" + file.path() + "`: " + failure.getMessage(), failure);
        }
    }

    private static EnvironmentException byHand(EnvironmentsFile file) {
        return EnvironmentException.protocol(
                "`" + file.path() + "` is written in a form that can't be changed safely; edit it by hand");
    }

    /** By way of a new file, so that nobody ever reads half of one; a link stays a link. */
    private static Path write(EnvironmentsFile file, String text) throws EnvironmentException {
        try {
            Path target = Files.exists(file.path()) ? file.path().toRealPath() : file.path();
            Path directory = Files.createDirectories(target.toAbsolutePath().getParent());
            Path written = Files.createTempFile(directory, ".environments-", ".toml");
            try {
                Files.write(written, text.getBytes(UTF_8));
                if (Files.exists(target)) {
                    Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(target));
                }
                Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(written);
            }
            return file.path();
        } catch (IOException failure) {
            throw EnvironmentException.protocol(
                    "failed to write environment config `" + file.path() + "`: " + EnvironmentsFile.describe(failure),
                    failure);
        }
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                quoted.append(String.format("\\u%04X", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
