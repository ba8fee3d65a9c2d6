#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2153,SC2317
#
# recoverable: the device can never be bound again without a reboot: dax0.0.
#
# From models/bugs/daxctl-devdax-window.yaml (udev brings a block online between the look of
# daxctl and its unbind), as the model of v6.12 has it.
# Every step is a call with what it returns and what it changes, as diff(1) writes it: "-"
# was there, "+" is there now. Lines with "dmesg:" are messages of the kernel.
#
# Exit status: 0 all as predicted, 1 not, 4 skipped.

NAME='recoverable'
KERNEL='v6.12'
STEPS='20'
SPANS='100000000-10fffffff'
REGIONS='0'
BLOCKS='32 33'
BLOCK_SIZE='134217728'
INJECTED=''

warning() {
	note 'this takes dax0.0 (100000000-10fffffff) for its own'
	note '  memory32 state = offline'
	note '  memory33 state = offline'
	note '  remove_id dax0.0 of driver'
	note '  memory32 state = online'
	note '  unbind dax0.0 from driver'
	note 'What is stored there, and what runs in memory that comes from there, can be lost.'
	note 'It may leave memory claimed, until the machine is booted again.'
}

# The machine before the first step.
initial_state() {
	check_state <<'INITIAL'
iomem: 100000000-10fffffff : Soft Reserved
iomem:   100000000-10fffffff : dax0.0
iomem:     100000000-10fffffff : System RAM (kmem)
driver of dax0.0: kmem
size of dax0.0: 268435456
ranges of dax0.0: 100000000-10fffffff
memory32: online
zones of memory32: Movable
memory33: online
zones of memory33: Movable
driver device_dax: registered
driver kmem: registered
auto_online_blocks: offline
INITIAL
}

# One line for everything that is missing.
requirements() {
	need_file /sys/devices/system/memory/memory32/state
	need_file /sys/devices/system/memory/memory33/state
	need_file /sys/devices/system/memory/memory32/removable
	need_file /sys/devices/system/memory/memory33/removable
}

start_processes() {
	:
}

steps() {
	# admin, line 20
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin exists /sys/bus/dax/devices/dax0.0
	expect 'look for devices/dax0.0: ok' <<'PREDICTED'
admin: ok
PREDICTED

	# admin, line 20
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin exists /sys/bus/dax/devices/dax0.0/driver
	expect 'look for dax0.0/driver: ok' <<'PREDICTED'
admin: ok
PREDICTED

	# admin, line 20
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin exists /sys/bus/dax/drivers/kmem/dax0.0
	expect 'look for kmem/dax0.0: ok' <<'PREDICTED'
admin: ok
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory32/state
	expect 'read memory32/state: ok "online"' <<'PREDICTED'
admin: ok "online"
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory33/state
	expect 'read memory33/state: ok "online"' <<'PREDICTED'
admin: ok "online"
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory32/state
	expect 'read memory32/state: ok "online"' <<'PREDICTED'
admin: ok "online"
PREDICTED

	# admin, line 20: removable_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory32/removable
	expect 'read memory32/removable: ok "1"' <<'PREDICTED'
admin: ok "1"
PREDICTED

	# admin, line 20: state_store (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin write offline /sys/devices/system/memory/memory32/state
	expect 'memory32 state = offline: ok' <<'PREDICTED'
admin: ok
- memory32: online
- zones of memory32: Movable
+ memory32: offline
+ zones of memory32: Normal Movable
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory33/state
	expect 'read memory33/state: ok "online"' <<'PREDICTED'
admin: ok "online"
PREDICTED

	# admin, line 20: removable_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory33/removable
	expect 'read memory33/removable: ok "1"' <<'PREDICTED'
admin: ok "1"
PREDICTED

	# admin, line 20: state_store (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin write offline /sys/devices/system/memory/memory33/state
	expect 'memory33 state = offline: ok' <<'PREDICTED'
admin: ok
- memory33: online
- zones of memory33: Movable
+ memory33: offline
+ zones of memory33: Normal Movable
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory32/state
	expect 'read memory32/state: ok "offline"' <<'PREDICTED'
admin: ok "offline"
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory33/state
	expect 'read memory33/state: ok "offline"' <<'PREDICTED'
admin: ok "offline"
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory32/state
	expect 'read memory32/state: ok "offline"' <<'PREDICTED'
admin: ok "offline"
PREDICTED

	# admin, line 20: state_show (drivers/base/memory.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin read /sys/devices/system/memory/memory33/state
	expect 'read memory33/state: ok "offline"' <<'PREDICTED'
admin: ok "offline"
PREDICTED

	# admin, line 20
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin exists /sys/bus/dax/devices/dax0.0/driver
	expect 'look for dax0.0/driver: ok' <<'PREDICTED'
admin: ok
PREDICTED

	# admin, line 20: do_id_store (drivers/dax/bus.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin write dax0.0 /sys/bus/dax/devices/dax0.0/driver/remove_id
	expect 'remove_id dax0.0 of driver: ok' <<'PREDICTED'
admin: ok
PREDICTED

	# udev, line 23: state_show (drivers/base/memory.c)
	# done here as udev would, by SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline",
	# ATTR{state}="online"
	call udev read /sys/devices/system/memory/memory32/state
	expect 'read memory32/state: ok "offline"' <<'PREDICTED'
udev: ok "offline"
PREDICTED

	# udev, line 23: state_store (drivers/base/memory.c)
	# done here as udev would, by SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline",
	# ATTR{state}="online"
	call udev write online /sys/devices/system/memory/memory32/state
	expect 'memory32 state = online: ok' <<'PREDICTED'
udev: ok
- memory32: offline
- zones of memory32: Normal Movable
+ memory32: online
+ zones of memory32: Normal
PREDICTED

	# admin, line 20: unbind_store > dev_dax_kmem_remove > remove_memory (mm/memory_hotplug.c)
	# one of the calls of: daxctl reconfigure-device -f -m devdax dax0.0
	call admin write dax0.0 /sys/bus/dax/devices/dax0.0/driver/unbind
	expect 'unbind dax0.0 from driver: ok' <<'PREDICTED'
admin: ok
- driver of dax0.0: kmem
+ driver of dax0.0: none
dmesg: removing memory fails, because memory [0x0000000100000000-0x0000000107ffffff] is onlined
dmesg: kmem dax0.0: mapping0: 0x100000000-0x10fffffff cannot be hotremoved until the next reboot
PREDICTED
}
