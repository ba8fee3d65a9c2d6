#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2153,SC2317
#
# no-leak: something stays claimed that nobody owns any more: dax0.0.
#
# From models/bugs/kmem-small-range-leak.yaml (a range without a whole block keeps the data
# of kmem), as the model of v6.12 has it.
# Every step is a call with what it returns and what it changes, as diff(1) writes it: "-"
# was there, "+" is there now. Lines with "dmesg:" are messages of the kernel.
#
# Exit status: 0 all as predicted, 1 not, 4 skipped.

NAME='no-leak'
KERNEL='v6.12'
STEPS='1'
SPANS='100000000-11fffffff'
REGIONS='0'
BLOCKS='32 33 34 35'
BLOCK_SIZE='134217728'
INJECTED=''

warning() {
	note 'this takes dax0.0 (100000000-107ffffff + 110000000-1103fffff) for its own'
	note '  unbind dax0.0 from kmem'
	note 'What is stored there, and what runs in memory that comes from there, can be lost.'
	note 'It may leave memory claimed, until the machine is booted again.'
}

# The machine before the first step.
initial_state() {
	check_state <<'INITIAL'
iomem: 100000000-11fffffff : Soft Reserved
iomem:   100000000-107ffffff : dax0.0
iomem:     100000000-107ffffff : System RAM (kmem)
driver of dax0.0: kmem
size of dax0.0: 138412032
ranges of dax0.0: 100000000-107ffffff, 110000000-1103fffff
memory32: offline
zones of memory32: Normal Movable
driver device_dax: registered
driver kmem: registered
auto_online_blocks: offline
INITIAL
}

# One line for everything that is missing.
requirements() {
	need_file /sys/bus/dax/drivers/kmem/unbind
}

start_processes() {
	:
}

steps() {
	# admin, line 19: unbind_store > dev_dax_kmem_remove > remove_memory (mm/memory_hotplug.c)
	call admin write dax0.0 /sys/bus/dax/drivers/kmem/unbind
	expect 'unbind dax0.0 from kmem: ok' <<'PREDICTED'
admin: ok
- iomem:   100000000-107ffffff : dax0.0
- iomem:     100000000-107ffffff : System RAM (kmem)
- driver of dax0.0: kmem
- memory32: offline
- zones of memory32: Normal Movable
+ driver of dax0.0: none
PREDICTED
}
