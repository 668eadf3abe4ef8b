package dev.outpost.local.process;

import dev.outpost.linux.MemoryFile;
import dev.outpost.linux.file.FileReference;
import java.util.ArrayList;
import java.util.List;

/** What a child gets as its descriptors 3, 4 and so on, owned until it has started. For one thread at a time. */
final class InheritedFiles implements AutoCloseable {
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Runnable> owned = new ArrayList<>();

    /** Takes over a file, as the next number. */
    void add(MemoryFile file) {
        numbers.add(file.descriptor().number());
        owned.add(file::close);
    }

    /** Takes over what refers to a file, as the next number. */
    void add(FileReference file) {
        numbers.add(file.number());
        owned.add(file::close);
    }

    /** The numbers in this process, in the order of those in the child. */
    List<Integer> numbers() {
        return List.copyOf(numbers);
    }

    /** Idempotent. */
    @Override
    public void close() {
        owned.forEach(Runnable::run);
        owned.clear();
    }
}
