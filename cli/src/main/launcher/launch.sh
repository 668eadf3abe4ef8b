# Becomes java. Launchers read this with outpost_home (the folder of this file) and outpost_java set, and the program's
# arguments. It starts no process: who waits for an answer over ssh waits for each of them.

case ${1:-} in
  exec-server | serve | -* | '')
    case " $* " in
      *[\ =]stdio[\ :]*) outpost_cache=$outpost_home/stdio.aot ;;
      *) outpost_cache=$outpost_home/websocket.aot ;;
    esac
    ;;
  *) outpost_cache=$outpost_home/client.aot ;;
esac
# A JVM before 25.0.4 takes a cache although a jar has changed, and runs the classes of the old jar (JDK-8377932).
outpost_cache_flaw=
if [ -f "$outpost_cache" ]; then
  for outpost_jar in "$outpost_home"/lib/*.jar; do
    if [ "$outpost_jar" -nt "$outpost_cache" ]; then
      outpost_cache_flaw="is older than $outpost_jar"
      break
    fi
  done
else
  outpost_cache_flaw="is missing"
fi
if [ -n "$outpost_cache_flaw" ]; then
  outpost_cache_option=-Doutpost.cache.flaw=$outpost_cache_flaw
else
  outpost_cache_option=-XX:AOTCache=$outpost_cache
fi
# shellcheck disable=SC2086 # Several options are meant to be split.
exec "$outpost_java" "@$outpost_home/jvm.options" "$outpost_cache_option" "-Doutpost.cache=$outpost_cache" \
  "-Djava.library.path=$outpost_home/lib/native" ${OUTPOST_JAVA_OPTIONS:-} -jar "$outpost_home/lib/outpost.jar" "$@"
