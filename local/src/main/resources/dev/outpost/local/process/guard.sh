# Waits for the end of the server, then kills what it left. $1: the first nine digits of its marks.
# Shell builtins only: the server's PATH may be anything.
trap '' HUP INT TERM QUIT PIPE
groups=' '
while read -r line; do
  case $line in
    bye) exit 0 ;;
    +*) groups="$groups${line#+} " ;;
    -*)
      group=${line#-}
      case $groups in
        *" $group "*) groups="${groups%% $group *} ${groups#* $group }" ;;
      esac
      ;;
  esac
done

for group in $groups; do
  kill -9 "-$group"
done

# Until two passes found nothing; a bounded number, for what the kernel can't end.
clean=0
pass=0
while [ $clean -lt 2 ] && [ $pass -lt 100 ]; do
  pass=$((pass + 1))
  clean=$((clean + 1))
  for process in /proc/[0-9]*; do
    while read -r max realtime timeout soft rest; do
      case "$max $realtime $timeout $soft" in
        "Max realtime timeout $1"?????????)
          # A zombie has the limits of its lifetime and nothing left to kill.
          stat=
          read -r stat < "$process/stat"
          case ${stat##*) } in
            [ZX]*) ;;
            *)
              pid=${process#/proc/}
              # If it leads a group, its children are there that were born before it was marked.
              kill -9 "-$pid"
              kill -9 "$pid"
              clean=0
              ;;
          esac
          ;;
      esac
    done < "$process/limits"
  done
done
