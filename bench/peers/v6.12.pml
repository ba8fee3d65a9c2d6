/*
 * One dax device of two memory blocks on v6.12, and an administrator who does anything at any time, a
 * whole system call at once: bench/models/peers/v6.12.yaml, written by hand from the kernel's source.
 * 21312 states. Source: drivers/dax/bus.c, drivers/dax/kmem.c, drivers/base/dd.c, drivers/base/memory.c,
 * mm/memory_hotplug.c, kernel/resource.c, v6.12.
 */

#define NONE 0

/* Drivers. */
#define DEVICE_DAX 1
#define KMEM 2

/* Blocks: memory40 is 0, memory41 is 1. */
#define ABSENT 0
#define OFFLINE 1
#define ONLINE 2

/* Zones of node 1, and what a request for one is called. An unset type and "online" mean the same. */
#define KERNEL 1
#define MOVABLE 2
#define OFFLINE_TYPE 3

/* Places in /proc/iomem: whose child a node is. All nodes here span the whole namespace. */
#define PMEM 1
#define CLAIM 2
#define RESERVATION 3
#define RAM 4

byte driver = DEVICE_DAX;
bit id_of_device_dax, id_of_kmem;
/* memhp_default_online_type: OFFLINE_TYPE, NONE (online), KERNEL or MOVABLE. */
byte policy = OFFLINE_TYPE;

/* The tree: the parent of each node, NONE while it is not there. */
byte claim_in = PMEM, reservation_in, ram_in;

byte block[2], zone[2];
/* What a refused request left in mem->online_type. */
byte type_left[2];
/* A page of the block cannot be moved any more. */
bit unmovable[2];
/* Spans of the zones of node 1: first and last block + 1; 0 is an empty zone. */
byte kernel_first, kernel_last, movable_first, movable_last;

/* What is remembered for properties, and decides nothing. */
bit was_bound, was_named, was_unbound, left_offline, message, overwritten;
/* any_hotremove_failed: it keeps the name of the resource. */
bit hotremove_failed;
byte asked[2];

/* Not part of a state. */
hidden byte at, type, place, in_kernel, in_movable;

/* __request_region(): descends into what is not busy; only kmem's reservation is not. */
inline request(node) {
  at = PMEM;
  do
  :: claim_in == at || ram_in == at -> at = NONE; break
  :: reservation_in == at -> at = RESERVATION
  :: else -> break
  od;
  node = at
}

inline grow(first, last, b) {
  if
  :: first == 0 || first > b + 1 -> first = b + 1
  :: else
  fi;
  if
  :: last < b + 1 -> last = b + 1
  :: else
  fi
}

/* shrink_zone_span(): a zone ends where its last block goes; of two blocks none lies between others. */
inline shrink(first, last, b) {
  if
  :: first == b + 1 && last == b + 1 -> first = 0; last = 0
  :: first == b + 1 && last > b + 1 -> first = b + 2
  :: first < b + 1 && last == b + 1 -> last = b
  :: else
  fi
}

/* zone_for_pfn_range() and online_pages(). */
inline online_pages(b, wanted) {
  in_kernel = (kernel_first != 0 && kernel_first <= b + 1 && b + 1 <= kernel_last);
  in_movable = (movable_first != 0 && movable_first <= b + 1 && b + 1 <= movable_last);
  if
  :: wanted == MOVABLE || (wanted == NONE && in_movable && !in_kernel) ->
    zone[b] = MOVABLE;
    grow(movable_first, movable_last, b)
  :: else ->
    zone[b] = KERNEL;
    grow(kernel_first, kernel_last, b)
  fi;
  block[b] = ONLINE;
  type_left[b] = NONE;
  asked[b] = wanted;
  overwritten = 1
}

/* dev_dax_kmem_probe() and add_memory(). */
inline kmem_probe() {
  request(place);
  if
  :: place != NONE ->
    reservation_in = place;
    request(ram_in);
    driver = KMEM;
    was_bound = 1;
    block[0] = OFFLINE;
    block[1] = OFFLINE;
    if
    :: policy != OFFLINE_TYPE -> online_pages(0, policy); online_pages(1, policy)
    :: else
    fi
  :: else
  fi
}

/* dev_dax_probe(). What is claimed holds no RAM, so region_intersects() refuses nothing. */
inline device_dax_probe() {
  request(claim_in);
  if
  :: claim_in != NONE -> driver = DEVICE_DAX
  :: else
  fi
}

inline bind_device_dax() {
  if
  :: driver == NONE -> device_dax_probe()
  :: else
  fi
}

inline bind_kmem() {
  if
  :: driver == NONE && id_of_kmem -> kmem_probe()
  :: else
  fi
}

inline unbind_device_dax() {
  if
  :: driver == DEVICE_DAX -> driver = NONE; claim_in = NONE
  :: else
  fi
}

/* dev_dax_kmem_remove(): all blocks are offline, and everything goes; or one is not, and all stays. */
inline remove_block(b) {
  block[b] = ABSENT;
  type_left[b] = NONE;
  unmovable[b] = 0;
  asked[b] = NONE
}

inline unbind_kmem() {
  if
  :: driver == KMEM ->
    driver = NONE;
    was_unbound = 1;
    left_offline = (block[0] == OFFLINE && block[1] == OFFLINE);
    message = !left_offline;
    if
    :: left_offline ->
      remove_block(0);
      remove_block(1);
      ram_in = NONE;
      reservation_in = NONE
    :: else -> hotremove_failed = 1
    fi
  :: else
  fi
}

/* state_store(): a refused request leaves its type behind. */
inline state_online(b, wanted) {
  if
  :: block[b] == OFFLINE -> online_pages(b, wanted)
  :: block[b] == ONLINE -> type_left[b] = wanted; asked[b] = wanted
  :: else
  fi
}

/* online_store(): the type that is there counts. */
inline online_online(b) {
  if
  :: block[b] == OFFLINE -> type = type_left[b]; online_pages(b, type)
  :: block[b] == ONLINE -> asked[b] = NONE
  :: else
  fi
}

/* Either file. A page of a kernel zone may turn out to be unmovable, and stays so. */
inline offline(b, found_unmovable) {
  if
  :: block[b] == ONLINE && zone[b] == KERNEL && (found_unmovable || unmovable[b]) ->
    unmovable[b] = 1
  :: block[b] == ONLINE && (zone[b] == MOVABLE || (!found_unmovable && !unmovable[b])) ->
    if
    :: zone[b] == KERNEL -> shrink(kernel_first, kernel_last, b)
    :: else -> shrink(movable_first, movable_last, b)
    fi;
    block[b] = OFFLINE;
    zone[b] = NONE;
    asked[b] = NONE
  :: else
  fi
}

active proctype admin() {
  do
  :: d_step { bind_device_dax() }
  :: d_step { unbind_device_dax() }
  /* new_id attaches. device_dax takes the device by its type, with an id or without. */
  :: d_step { id_of_device_dax = 1; bind_device_dax() }
  :: d_step { id_of_device_dax = 0 }
  :: d_step { bind_kmem() }
  :: d_step { unbind_kmem() }
  :: d_step { id_of_kmem = 1; was_named = 1; bind_kmem() }
  :: d_step { id_of_kmem = 0 }
  :: d_step { policy = NONE }
  :: d_step { policy = KERNEL }
  :: d_step { policy = MOVABLE }
  :: d_step { policy = OFFLINE_TYPE }
  :: d_step { state_online(0, NONE) }
  :: d_step { state_online(0, KERNEL) }
  :: d_step { state_online(0, MOVABLE) }
  :: d_step { online_online(0) }
  :: d_step { offline(0, 0) }
  :: d_step { offline(0, 1) }
  :: d_step { state_online(1, NONE) }
  :: d_step { state_online(1, KERNEL) }
  :: d_step { state_online(1, MOVABLE) }
  :: d_step { online_online(1) }
  :: d_step { offline(1, 0) }
  :: d_step { offline(1, 1) }
  od
}
