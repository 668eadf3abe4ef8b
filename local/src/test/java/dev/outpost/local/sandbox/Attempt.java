package dev.outpost.local.sandbox;

/** What a process tries at a path; each is told by its letter if it succeeded. */
enum Attempt {
    /** {@code stat}, following links. */
    SEE('S'),
    /** Listing a directory. */
    LIST('L'),
    /** Making a directory in one, by a name that nothing is about. */
    MAKE('D'),
    /** Making a file in one, whose name a pattern of some profiles matches. */
    MAKE_MATCHED('F'),
    /** Making {@code .codex} in a directory. */
    MAKE_METADATA('C'),
    /** Making {@code missing} in a directory, which entries name. */
    MAKE_MISSING('M'),
    /** Opening a file and reading of it. */
    READ('R'),
    /** Truncating a file and writing to it. */
    WRITE('W'),
    /** Giving another name in the same directory to what is at the path itself, and the old one again. */
    RENAME('N');

    /**
     * Makes all attempts at paths, each given as {@code d} or {@code f}, for a directory or file, and the path. Prints a
     * line for each, with the letters.
     */
    static final String PROGRAM = """
            use strict;
            use Fcntl;
            my $i = 0;
            for (@ARGV) {
              my ($kind, $path) = /^(.)(.*)$/s;
              my ($parent, $name) = $path =~ m{^(.*)/(.*)$}s;
              my $can = '';
              my ($dir, $file, $data);
              $can .= 'S' if -e $path;
              if ($kind eq 'd') {
                $can .= 'L' if opendir($dir, $path) && defined(readdir $dir);
                $can .= 'D' if mkdir "$path/made$i";
                $can .= 'F' if sysopen($file, "$path/new$i.env", O_WRONLY | O_CREAT | O_EXCL);
                $can .= 'C' if mkdir("$path/.codex") && (rmdir("$path/.codex") || die "rmdir: $!");
                $can .= 'M' if mkdir("$path/missing") && (rmdir("$path/missing") || die "rmdir: $!");
              } else {
                $can .= 'R' if open($file, '<', $path) && sysread($file, $data, 1);
                $can .= 'W' if open($file, '>', $path) && syswrite($file, "written $i");
              }
              # From inside: a path may lead through what it names.
              $can .= 'N' if chdir $parent and rename($name, 'moved') && (rename('moved', $name) || die "back: $!");
              print "$can\\n";
              $i++;
            }
            """;

    private final char letter;

    Attempt(char letter) {
        this.letter = letter;
    }

    boolean isIn(String letters) {
        return letters.indexOf(letter) >= 0;
    }

    boolean isOfDirectories() {
        return this != READ && this != WRITE;
    }

    boolean isOfFiles() {
        return this == SEE || this == READ || this == WRITE || this == RENAME;
    }
}
