# ---- What a step did, and whether it was so predicted -----------------------------------------
# POSIX sh: dash, bash, and ash of busybox. The same in every such script.

PASS=0 FAIL=1 SKIP=4
LC_ALL=C
export LC_ALL

TIMEOUT=${TIMEOUT:-10} # seconds until a call counts as one that hangs
DAX=/sys/bus/dax
MEMORY=/sys/devices/system/memory
INJECT=/sys/kernel/debug/notifier-error-inject/memory/actions
confirmed=false rounds=0 between='' quiet=false
number=0 failed=0 given_up='' held=''

note() { echo "# $*"; }

# Ends without having changed anything.
skip_all() {
	echo "1..0 # SKIP $*"
	exit $SKIP
}

usage() {
	echo "usage: $0 --i-know-this-can-lose-data [repeat N [--between COMMAND]]"
	echo "  repeat N           N rounds, until the machine is not back in its initial state"
	echo "  --between COMMAND  run by sh between two rounds: brings it back"
	echo "  TIMEOUT=SECONDS    in the environment: when a call counts as one that hangs (10)"
}

read_arguments() {
	while [ $# -gt 0 ]; do
		case $1 in
		--i-know-this-can-lose-data) confirmed=true ;;
		repeat)
			rounds=${2:-0}
			shift
			;;
		--between)
			between=${2:-}
			shift
			;;
		-h | --help)
			usage
			exit $PASS
			;;
		*)
			usage >&2
			exit $SKIP
			;;
		esac
		[ $# -eq 0 ] || shift
	done
	case $rounds in
	*[!0-9]* | '')
		usage >&2
		exit $SKIP
		;;
	esac
}

# ---- What the machine shows ---------------------------------------------------------------------

# Lines of /proc/iomem that meet a span, with depths counted from the outermost of them.
look_iomem() {
	awk -v spans="$SPANS" '
	function pad(hex) { return substr("0000000000000000", 1, 16 - length(hex)) hex }
	BEGIN { count = split(spans, span, /[ -]/); least = 99 }
	{
		match($0, /^ */); depth = RLENGTH / 2
		line = substr($0, RLENGTH + 1); split(line, part, /[- ]/)
		for (i = 1; i < count; i += 2) {
			if (pad(part[1]) > pad(span[i + 1]) || pad(part[2]) < pad(span[i])) continue
			lines[++kept] = line; depths[kept] = depth
			if (depth < least) least = depth
			break
		}
	}
	END {
		for (i = 1; i <= kept; i++) {
			indent = ""
			for (d = depths[i]; d > least; d--) indent = indent "  "
			print "iomem: " indent lines[i]
		}
	}' /proc/iomem
}

driver_of() {
	link=$(readlink "$1/driver" 2>/dev/null) && echo "${link##*/}" || echo none
}

# start-end of each range, in the order of the device's mappings.
ranges_of() {
	ranges=
	index=0
	while [ -e "$1/mapping$index" ]; do
		start=$(cat "$1/mapping$index/start") end=$(cat "$1/mapping$index/end")
		ranges="$ranges${ranges:+, }${start#0x}-${end#0x}"
		index=$((index + 1))
	done
	if [ $index -eq 0 ] && [ -e "$1/resource" ] && [ "$(cat "$1/size")" != 0 ]; then
		start=$(cat "$1/resource") size=$(cat "$1/size")
		ranges=$(printf '%x-%x' "$start" $((start + size - 1)))
	fi
	echo "${ranges:-none}"
}

look_devices() {
	for region in $REGIONS; do
		for device in "$DAX/devices/dax$region".*; do
			[ -e "$device" ] || continue
			name=${device##*/}
			echo "driver of $name: $(driver_of "$device")"
			echo "size of $name: $(cat "$device/size")"
			echo "ranges of $name: $(ranges_of "$device")"
		done
	done
}

look_blocks() {
	for block in $BLOCKS; do
		[ -e "$MEMORY/memory$block" ] || continue
		echo "memory$block: $(cat "$MEMORY/memory$block/state")"
		echo "zones of memory$block: $(cat "$MEMORY/memory$block/valid_zones" 2>/dev/null)"
	done
}

# Everything that the trace predicts, one fact a line.
look() {
	look_iomem
	look_devices
	look_blocks
	for driver in device_dax kmem fsdev_dax; do
		[ ! -e "$DAX/drivers/$driver" ] || echo "driver $driver: registered"
	done
	echo "auto_online_blocks: $(cat "$MEMORY/auto_online_blocks")"
}

# Facts that are in only one of two looks: - gone, + new.
changes() {
	grep -vxF -f "$2" "$1" | sed 's/^/- /'
	grep -vxF -f "$1" "$2" | sed 's/^/+ /'
}

# ---- Calls --------------------------------------------------------------------------------------

# No shell tells the number of an errno: its name by the texts of glibc and of musl.
errno_of() {
	case $1 in
	*'Device or resource busy'* | *'Resource busy'*) echo EBUSY ;;
	*'Invalid argument'*) echo EINVAL ;;
	*'No such device or address'*) echo ENXIO ;;
	*'No such device'*) echo ENODEV ;;
	*'No such file or directory'*) echo ENOENT ;;
	*'Permission denied'*) echo EACCES ;;
	*'Operation not permitted'*) echo EPERM ;;
	*'Cannot allocate memory'* | *'Out of memory'*) echo ENOMEM ;;
	*'Interrupted system call'*) echo EINTR ;;
	*'Resource temporarily unavailable'* | *'is in use'*) echo EAGAIN ;;
	*'Argument list too long'*) echo E2BIG ;;
	*'File exists'*) echo EEXIST ;;
	*'Bad address'*) echo EFAULT ;;
	*'No space left on device'*) echo ENOSPC ;;
	*'Numerical result out of range'* | *'Result not representable'*) echo ERANGE ;;
	*'Operation not supported'* | *'Not supported'*) echo EOPNOTSUPP ;;
	*'Unknown error 517'* | *'No error information'*) echo EPROBE_DEFER ;;
	*) echo "failed: $1" ;;
	esac
}

# $1 is the status of a program, $2 where its messages are.
outcome() {
	if [ "$1" -gt 128 ]; then
		echo died
	elif [ "$1" -eq 0 ]; then
		echo ok
	else
		errno_of "$(cat "$2")"
	fi
}

# What `echo VALUE > FILE` does. By dd: of a failed write dash tells no more than "I/O error".
do_write() {
	printf '%s\n' "$1" | dd of="$2" bs=4096 2>"$3"
	outcome $? "$3"
}

do_read() {
	value=$(cat "$1" 2>"$2")
	status=$?
	result=$(outcome "$status" "$2")
	[ "$result" != ok ] || result="ok \"$value\""
	echo "$result"
}

do_exists() {
	if [ -e "$1" ]; then echo ok; else echo ENOENT; fi
}

do_command() {
	sh -c "$1" </dev/null >/dev/null 2>"$2"
	outcome $? "$2"
}

# One request to the process that this thread is, see start_process.
do_process() {
	echo "$1 $2" >"$dir/ask.$3"
	read -r answer <"$dir/answer.$3"
	echo "$answer"
}

# Calls of the next `expect`: call THREAD write VALUE FILE | read FILE | exists FILE |
# command TEXT | process VERB DEVICE | pause SECONDS.
call() {
	thread=$1
	shift
	[ -e "$dir/calls.$thread" ] || echo "$thread" >>"$dir/threads"
	(
		IFS=$SEPARATOR
		printf '%s\n' "$*"
	) >>"$dir/calls.$thread"
}

# The calls of one thread, one after the other, in a process of its own.
run_thread() {
	while IFS=$SEPARATOR read -r deed one two; do
		case $deed in
		pause)
			sleep "$one"
			continue
			;;
		write) result=$(do_write "$one" "$two" "$dir/error.$1") ;;
		read) result=$(do_read "$one" "$dir/error.$1") ;;
		exists) result=$(do_exists "$one") ;;
		command) result=$(do_command "$one" "$dir/error.$1") ;;
		process) result=$(do_process "$one" "$two" "$1") ;;
		esac
		echo "$1: $result" >>"$dir/results.$1"
	done <"$dir/calls.$1"
	: >"$dir/done.$1"
}

# Starts the program beside this script that maps a device; it is one thread of the trace.
start_process() {
	mkfifo "$dir/ask.$1" "$dir/answer.$1"
	"$PROCESS" "$dir/ask.$1" "$dir/answer.$1" </dev/null >/dev/null 2>&1 &
	echo $! >"$dir/process.$1"
}

all_done() {
	while read -r thread; do
		[ -e "$dir/done.$thread" ] || return 1
	done <"$dir/threads"
}

# Stacks of a process and of all below it, but for those that only wait for the ones below.
show_stacks() {
	stack=$(cat "/proc/$1/stack" 2>/dev/null)
	case $stack in
	'' | *do_wait* | *pipe_read*) ;;
	*) echo "$stack" | sed "s/^/#   [$1] /" ;;
	esac
	grep -l "^PPid:${TAB}$1\$" /proc/[0-9]*/status 2>/dev/null | while read -r below; do
		below=${below#/proc/}
		show_stacks "${below%/status}"
	done
}

# Runs the calls of all threads, started in the order of the trace; those that have not returned
# after $TIMEOUT seconds hang.
run_calls() {
	while read -r thread; do
		# Whoever reads this script's output must not wait for what hangs.
		run_thread "$thread" </dev/null >/dev/null 2>&1 &
		echo $! >"$dir/job.$thread"
	done <"$dir/threads"
	tenths=$((TIMEOUT * 10))
	while ! all_done && [ "$tenths" -gt 0 ]; do
		if sleep 0.1 2>/dev/null; then tenths=$((tenths - 1)); else
			sleep 1
			tenths=$((tenths - 10))
		fi
	done
	while read -r thread; do
		[ ! -e "$dir/results.$thread" ] || cat "$dir/results.$thread"
		[ -e "$dir/done.$thread" ] || echo "$thread: hangs"
	done <"$dir/threads" >"$dir/seen"
}

# ---- Kernel messages ----------------------------------------------------------------------------

mark_log() {
	mark="daxcheck $$.$number.$rounds"
	can_log=false
	if echo "$mark" 2>/dev/null >/dev/kmsg; then can_log=true; fi
}

new_messages() {
	$can_log || return 0
	dmesg | awk -v mark="$mark" 'found { print } index($0, mark) { found = 1 }' |
		sed 's/^\[ *[0-9.]*\] //'
}

# ---- Steps --------------------------------------------------------------------------------------

# Compares what was seen with what was predicted; prints the differences.
compare() {
	awk -v predicted="$dir/predicted" -v messages="$dir/messages" -v can_log="$can_log" '
	function report(text) { return text ~ /BUG: |WARNING: |Oops|KASAN|general protection/ }
	BEGIN {
		while ((getline line < messages) > 0) logged[++logs] = line
		while ((getline line < predicted) > 0) {
			if (line ~ /^dmesg: /) wanted[++wishes] = substr(line, 8)
			else if (line == "crash: any") crash = 1
			else if (line ~ /: any$/) any[substr(line, 1, length(line) - 3)] = 1
			else told[line]++
		}
	}
	{
		key = $0 ~ /^[-+] / ? "state: " : substr($0, 1, index($0, ": ") + 1)
		if (key in any) next
		if (told[$0] > 0) told[$0]--
		else print "seen, not predicted: " $0
	}
	END {
		for (line in told) if (told[line] > 0) print "predicted, not seen: " line
		for (i = 1; i <= logs; i++) {
			for (w = 1; w <= wishes; w++) if (index(logged[i], wanted[w])) break
			if (w <= wishes) met[w] = 1
			else if (report(logged[i])) {
				crashed = 1
				if (!crash) print "seen, not predicted: dmesg: " logged[i]
			}
		}
		if (can_log == "false") exit
		for (w = 1; w <= wishes; w++) if (!met[w]) print "predicted, not seen: dmesg: " wanted[w]
		if (crash && !crashed)
			print "predicted, not seen: a report of the kernel; without KASAN it may be silent"
	}' "$dir/seen"
}

say() { $quiet || echo "$*"; }

# What the machine shows now against the look before; nothing is looked at while a call hangs, for
# the look would wait behind it.
observe() {
	new_messages >"$dir/messages"
	grep -v '^[-+] ' "$dir/seen" >"$dir/results"
	cp "$dir/results" "$dir/seen"
	if grep -q ': hangs$' "$dir/results"; then return; fi
	look >"$dir/now"
	changes "$dir/before" "$dir/now" >>"$dir/seen"
}

# Does the calls, looks, and tells whether all of it was as predicted (on stdin).
expect() {
	number=$((number + 1))
	cat >"$dir/predicted"
	if [ -n "$given_up" ]; then
		say "ok $number $1 # SKIP $given_up"
		forget_calls
		return
	fi
	mark_log
	run_calls
	observe
	compare >"$dir/differences"
	if [ -s "$dir/differences" ] && ! grep -q ': hangs$' "$dir/seen"; then
		# The kernel may still be at work: once more, a second later.
		sleep 1
		observe
		compare >"$dir/differences"
	fi
	tell "$1"
	[ ! -e "$dir/now" ] || mv "$dir/now" "$dir/before"
	forget_calls
}

tell() {
	if [ -s "$dir/differences" ]; then
		failed=$((failed + 1))
		# A message alone is no other machine.
		grep -qv ': dmesg: ' "$dir/differences" &&
			given_up="the machine is not where the trace is since step $number"
		say "not ok $number $1"
		$quiet || sed 's/^/# /' "$dir/differences"
	else
		say "ok $number $1 as predicted"
	fi
	$quiet || sed 's/^/# dmesg: /' "$dir/messages"
	grep -q ': hangs$' "$dir/seen" || return 0
	given_up="tasks hang since step $number"
	while read -r thread; do
		[ -e "$dir/done.$thread" ] && continue
		note "$thread hangs; stack of its task:"
		job=$(cat "$dir/job.$thread")
		show_stacks "$job"
		[ ! -e "$dir/process.$thread" ] || show_stacks "$(cat "$dir/process.$thread")"
	done <"$dir/threads"
}

forget_calls() {
	rm -f "$dir"/calls.* "$dir"/results.* "$dir"/done.* "$dir"/job.* "$dir/threads"
}

# Everything from here on is left out: no file of a stock kernel does it.
cannot() {
	[ -n "$given_up" ] || note "stopped: $1"
	given_up=${given_up:-$1}
}

# The next calls meet this errno where the memory notifiers are asked; 0 ends it.
inject() {
	[ -n "$given_up" ] || echo "$2" >"$INJECT/$1/error"
}

# ---- Before the first step ----------------------------------------------------------------------

need_program() {
	for program in "$@"; do
		command -v "$program" >/dev/null || echo "no program $program"
	done
}

need_file() {
	for file in "$@"; do
		[ -e "$file" ] || echo "no file $file"
	done
}

# Facts of the initial state (on stdin) that this machine lacks, and those that it has beside them.
check_state() {
	cat >"$dir/initial"
	look >"$dir/before"
	changes "$dir/initial" "$dir/before" |
		sed -e 's/^- /the trace has, this machine not: /' -e 's/^+ /this machine has, the trace not: /'
	size=$(cat $MEMORY/block_size_bytes)
	[ $((0x$size)) -eq "$BLOCK_SIZE" ] ||
		echo "memory blocks have 0x$size bytes, in the trace $BLOCK_SIZE"
}

# udev would bring blocks online and load modules in between: what it does in the trace, the
# script does.
hold_udev() {
	command -v udevadm >/dev/null && udevadm control --stop-exec-queue 2>/dev/null || return 0
	held=true
	note "udev is held until this ends: its events wait"
}

clean_up() {
	for point in $INJECTED; do echo 0 >"$INJECT/$point/error"; done
	for process in "$dir"/process.*; do
		[ ! -e "$process" ] || kill "$(cat "$process")" 2>/dev/null
	done
	[ -z "$held" ] || udevadm control --start-exec-queue
	rm -rf "$dir"
}

prepare() {
	TAB=$(printf '\t') SEPARATOR=$(printf '\001')
	dir=$(mktemp -d) || skip_all "no directory for what is seen"
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
}

check_machine() {
	{
		need_program awk cat dd dmesg grep mkfifo mktemp readlink sed sleep uname
		requirements
	} >"$dir/lacks"
	[ -s "$dir/lacks" ] || initial_state >"$dir/lacks" 2>&1
}

# One round over all steps; its status says whether all was as predicted.
one_round() {
	number=0 failed=0 given_up=''
	steps
	[ $failed -eq 0 ]
}

repeat_rounds() {
	quiet=true round=0 seen=0
	echo 1..1
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		if one_round; then
			seen=$((seen + 1))
			note "round $round: as predicted"
		else
			note "round $round: ${given_up:-another message}"
		fi
		[ $round -lt "$rounds" ] || break
		case $given_up in 'tasks hang'*) break ;; esac
		[ -z "$between" ] || sh -c "$between" >/dev/null 2>&1
		check_machine
		if [ -s "$dir/lacks" ]; then
			note "no further round: the machine is not in the initial state again"
			sed 's/^/#   /' "$dir/lacks"
			break
		fi
	done
	if [ $seen -gt 0 ]; then result=ok; else result='not ok'; fi
	echo "$result 1 $NAME: seen $seen of $round"
	[ $seen -gt 0 ] || exit $FAIL
}

main() {
	echo 'TAP version 13'
	read_arguments "$@"
	if ! $confirmed; then
		warning
		usage | sed 's/^/# /'
		skip_all 'not confirmed: nothing was changed'
	fi
	[ "$(id -u)" -eq 0 ] || skip_all 'run it as root'
	prepare
	note "trace: $KERNEL; this kernel: $(uname -r)"
	check_machine
	if [ -s "$dir/lacks" ]; then
		sed 's/^/# /' "$dir/lacks"
		skip_all 'this machine is not in the initial state of the trace: nothing was changed'
	fi
	hold_udev
	start_processes
	if [ "$rounds" -gt 0 ]; then
		repeat_rounds
		exit $PASS
	fi
	echo "1..$STEPS"
	if ! one_round; then exit $FAIL; fi
	case $given_up in '' | 'tasks hang'*) exit $PASS ;; esac
	exit $SKIP
}
