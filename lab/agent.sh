#!/bin/busybox sh
# The lab's agent where no C compiler is at hand: the same protocol as agent.c, by busybox alone.
#
# It does one task at a time and is itself the process that does it. So there are no races (`barrier`,
# `delay` and `again` are refused), no process that opens or maps a device, no stack of a task, and a request that never
# comes back out of the kernel is the last one. docs/lab.md has the protocol.
#
# A shell knows an errno only by its text; numberOf turns it back.

BB=/bin/busybox
SEEN=/seen

numberOf() { # text of a complaint -> number in $number
  case $1 in
    *'Operation not permitted') number=1 ;;
    *'No such file or directory' | *'nonexistent directory' | *'no such file') number=2 ;;
    *'No such process' | *'wrong symbol version') number=3 ;;
    *'Interrupted system call') number=4 ;;
    *'Input/output error') number=5 ;;
    *'No such device or address') number=6 ;;
    *'Argument list too long') number=7 ;;
    *'Exec format error' | *'nvalid module format') number=8 ;;
    *'Bad file descriptor') number=9 ;;
    *'Resource temporarily unavailable') number=11 ;;
    *'Cannot allocate memory' | *'Out of memory') number=12 ;;
    *'Permission denied') number=13 ;;
    *'Bad address') number=14 ;;
    *'Device or resource busy') number=16 ;;
    *'File exists') number=17 ;;
    *'No such device') number=19 ;;
    *'Not a directory') number=20 ;;
    *'Is a directory') number=21 ;;
    *'Invalid argument') number=22 ;;
    *'File too large') number=27 ;;
    *'No space left on device') number=28 ;;
    *'Read-only file system') number=30 ;;
    *'Numerical result out of range') number=34 ;;
    *'Function not implemented' | *'not support requested operation') number=38 ;;
    *'Operation not supported') number=95 ;;
    *'unknown symbol in module, or unknown parameter') number=2 ;;
    *) number=0 ;;
  esac
}

fail() { # place, complaint
  numberOf "$2"
  if [ "$number" = 0 ]; then echo "$task ! 0 $1: $2"; else echo "$task ! $number $1"; fi
}

succeed() {
  echo "$task = $1"
}

doWrite() { # path, text
  complaint=$( { echo "$2" > "$1"; } 2>&1 ) && { succeed; return; }
  case $complaint in
    *'write error'*) fail write "$complaint" ;;
    *) fail open "$complaint" ;;
  esac
}

# Reads a file into $text, its lines joined by `;`, without one at the end. No process is started.
slurp() { # path
  text=
  line=
  { while IFS= read -r line; do text="$text$line;"; done; } 2>/dev/null < "$1" || return 1
  text="$text$line"
  while :; do
    case $text in *';') text=${text%;} ;; *) return 0 ;; esac
  done
}

# What it takes to tell a file that is empty from one that cannot be read is a process.
complaintOf() { # path -> $complaint, empty when it can be read
  complaint=$( { $BB cat "$1" > /dev/null; } 2>&1 )
}

doRead() { # path
  complaintOf "$1"
  case $complaint in
    '') slurp "$1"; succeed "$text" ;;
    *open*) fail open "$complaint" ;;
    *) fail read "$complaint" ;;
  esac
}

doInsert() { # name, parameters
  if [ ! -e "/modules/$1.ko" ]; then fail open 'No such file or directory'; return; fi
  # Parameters are words of their own.
  # shellcheck disable=SC2086
  if complaint=$($BB insmod "/modules/$1.ko" $2 2>&1); then succeed; else
    fail finit_module "$complaint"
  fi
}

doRemove() { # name
  if complaint=$($BB rmmod "$1" 2>&1); then succeed; else fail delete_module "$complaint"; fi
}

doExists() { # path
  if [ -e "$1" ]; then succeed; else fail access 'No such file or directory'; fi
}

# ---- The machine as userland sees it --------------------------------------------------------------

observeFile() { # key, path
  slurp "$2" 2>/dev/null
  if [ -z "$text" ]; then
    complaintOf "$2"
    if [ -n "$complaint" ]; then numberOf "$complaint"; text="!$number"; fi
  fi
  echo "$1 $text"
}

observeFiles() { # key, directory, files...
  key=$1
  directory=$2
  shift 2
  for file; do
    [ -e "$directory/$file" ] && observeFile "$key/$file" "$directory/$file"
  done
}

observeDevice() { # path
  name=${1##*/}
  link=none
  [ -e "$1/driver" ] && link=$($BB readlink "$1/driver")
  echo "dax/$name/driver ${link##*/}"
  observeFiles "dax/$name" "$1" size
  for mapping in "$1"/mapping[0-9]*; do
    [ -e "$mapping" ] && observeFiles "dax/$name/${mapping##*/}" "$mapping" start end
  done
}

observeAll() { # first block
  observeFile iomem /proc/iomem
  observeFile auto_online_blocks /sys/devices/system/memory/auto_online_blocks
  for path in /sys/bus/dax/drivers/*; do
    [ -e "$path" ] && echo "driver/${path##*/} registered"
  done
  for path in /sys/bus/dax/devices/dax*; do
    [ -e "$path" ] && observeDevice "$path"
  done
  for path in /sys/devices/system/memory/memory[0-9]*; do
    block=${path##*/memory}
    [ -e "$path" ] && [ "$block" -ge "$1" ] && observeFiles "block/$block" "$path" state valid_zones
  done
}

# Says what is new or changed since the last time, and what is gone.
doObserve() { # first block
  observeAll "${1:-0}" > "$SEEN.now"
  # shellcheck disable=SC2016 # the dollars are awk's
  $BB awk -v task="$task" -v before="$SEEN" '
    BEGIN { while ((getline line < before) > 0) { split(line, part, " "); was[part[1]] = line } }
    was[$1] != $0 { print task " | " $0 }
    { delete was[$1] }
    END { for (key in was) print task " - " key }' "$SEEN.now"
  $BB mv "$SEEN.now" "$SEEN"
  succeed
}

# ---- Requests -------------------------------------------------------------------------------------

# Passes on what the kernel wrote since the last time.
passMessages() {
  $BB dmesg -r -c | while IFS= read -r line; do
    level=${line#<}
    text=${line#<*>}
    # Times stand in front of each message: [    1.234567]
    case $text in '['*'] '*) text=${text#*\] } ;; esac
    echo "$task * $((${level%%>*} & 7)) $text"
  done
}

doRequest() { # verb, arguments
  case $1 in
    write) case $2 in *' '*) doWrite "${2%% *}" "${2#* }" ;; *) doWrite "$2" '' ;; esac ;;
    read) doRead "$2" ;;
    exists) doExists "$2" ;;
    insert) case $2 in *' '*) doInsert "${2%% *}" "${2#* }" ;; *) doInsert "$2" '' ;; esac ;;
    remove) doRemove "$2" ;;
    observe) doObserve "$2" ;;
    forget) : > "$SEEN"; succeed ;;
    *) fail "$1" 'Function not implemented' ;;
  esac
}

serve() { # line
  task=a
  case $1 in
    '') return ;;
    'echo '*) succeed "${1#echo }" ;;
    'stack '*) succeed none ;;
    barrier | 'kill '*) fail "${1%% *}" 'Function not implemented' ;;
    *' '*)
      task=${1%% *}
      rest=${1#* }
      case $rest in
        *' '*) doRequest "${rest%% *}" "${rest#* }" ;;
        *) doRequest "$rest" '' ;;
      esac
      passMessages ;;
    *) return ;;
  esac
  echo "$task ."
}

$BB mkdir -p /proc /sys /dev
$BB mount -t proc proc /proc
$BB mount -t sysfs sysfs /sys
$BB mount -t devtmpfs devtmpfs /dev
$BB mount -t debugfs debugfs /sys/kernel/debug
: > "$SEEN"

insertModules() { # list
  [ -e "$1" ] || return
  while read -r name parameters; do
    doInsert "$name" "$parameters"
  done < "$1"
}

# The port of a virtio console can be opened once, so this opens it for both directions.
openLine() {
  tries=0
  while [ -e /sys/class/virtio-ports ] && [ ! -e /dev/vport0p1 ] && [ $tries -lt 100 ]; do
    $BB usleep 10000
    tries=$((tries + 1))
  done
  if [ -e /dev/vport0p1 ]; then
    exec <> /dev/vport0p1 >&0
  else
    exec <> /dev/ttyS1 >&0
    $BB stty raw -echo
  fi
}

task=-1
insertModules /modules/first > /dev/console
openLine
insertModules /modules/order
$BB dmesg -c > /dev/null

echo 'a = ready'
echo 'a .'
while IFS= read -r line; do
  serve "$line"
done
