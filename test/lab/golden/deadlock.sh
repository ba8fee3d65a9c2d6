#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2153,SC2317
#
# no-deadlock: threads wait for one another for ever.
#
# From models/bugs/dl1-size-against-unbind.yaml (a size write against the unbinding of its
# region's driver), as the model of v6.12 has it.
# Every step is a call with what it returns and what it changes, as diff(1) writes it: "-"
# was there, "+" is there now. Lines with "dmesg:" are messages of the kernel.
# In the end unbinder and resizer wait for one another for ever.
#
# Exit status: 0 all as predicted, 1 not, 4 skipped.

NAME='no-deadlock'
KERNEL='v6.12'
STEPS='1'
SPANS='100000000-10fffffff'
REGIONS='0'
BLOCKS='32 33'
BLOCK_SIZE='134217728'
INJECTED=''

warning() {
	note 'this takes dax0.0 (100000000-10fffffff) for its own'
	note '  unbind hmem.0 from hmem'
	note '  size of dax0.0 = 0x8000000'
	note 'What is stored there, and what runs in memory that comes from there, can be lost.'
	note 'It may hang tasks, until the machine is booted again.'
}

# The machine before the first step.
initial_state() {
	check_state <<'INITIAL'
iomem: 100000000-10fffffff : Soft Reserved
driver of dax0.0: none
size of dax0.0: 268435456
ranges of dax0.0: 100000000-10fffffff
driver device_dax: registered
driver kmem: registered
auto_online_blocks: offline
INITIAL
}

# One line for everything that is missing.
requirements() {
	need_file /sys/bus/platform/drivers/hmem/unbind
	need_file /sys/bus/dax/devices/dax0.0/size
}

start_processes() {
	:
}

steps() {
	# A script cannot force where these meet: they are started in the order of the trace.
	# `repeat N` tries it N times.
	# unbinder, line 21: unbind_store > device_driver_detach > devres_release_all >
	# unregister_dax_mapping > unregister_dev_dax (drivers/dax/bus.c)
	call unbinder write hmem.0 /sys/bus/platform/drivers/hmem/unbind
	# resizer, line 19: size_store (drivers/dax/bus.c)
	call resizer write 0x8000000 /sys/bus/dax/devices/dax0.0/size
	expect 'unbind hmem.0 from hmem: hangs, against size of dax0.0 = 0x8000000: hangs' <<'PREDICTED'
unbinder: hangs
resizer: hangs
state: any
PREDICTED
}
