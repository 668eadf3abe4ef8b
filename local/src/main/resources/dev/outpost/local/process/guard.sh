# Waits for the end of the server, then kills what it left and removes its placeholders. $1: the first nine digits of its
# marks. Shell builtins only, but for removing: the server's PATH may be anything.
trap '' HUP INT TERM QUIT PIPE
groups=' '
newline='
'
# Each between two newlines.
placeholders=$newline
while IFS= read -r line; do
  case $line in
    bye) exit 0 ;;
    +*) groups="$groups${line#+} " ;;
    -*)
      group=${line#-}
      case $groups in
        *" $group "*) groups="${groups%% $group *} ${groups#* $group }" ;;
      esac
      ;;
    make\ *) placeholders="$placeholders${line#make }$newline" ;;
    gone\ *)
      path=$newline${line#gone }$newline
      case $placeholders in
        *"$path"*) placeholders="${placeholders%%"$path"*}$newline${placeholders#*"$path"}" ;;
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

# The last first: it may lie in another. One that has something in it is somebody's and stays, as does one that another
# server has locked because it needs it.
while [ "$placeholders" != "$newline" ]; do
  placeholders=${placeholders%"$newline"}
  path=${placeholders##*"$newline"}
  placeholders=${placeholders%"$newline"*}$newline
  # flock would make a file of what is not there.
  if [ -d "$path" ] && [ ! -L "$path" ]; then
    /usr/bin/flock -n -x "$path" /bin/rmdir -- "$path"
  fi
done
