-- One dax device of two memory blocks on v5.1, and an administrator who does anything at any time, a
-- whole system call at once: bench/models/peers/v5.1.yaml, written by hand from the kernel's source.
-- 50800 states. Source: drivers/dax/bus.c, drivers/dax/kmem.c, drivers/base/dd.c,
-- drivers/base/memory.c, mm/memory_hotplug.c, kernel/resource.c, v5.1.

type
  driver_t: enum { NoDriver, DeviceDax, Kmem };
  block_t: 40..41;                    -- N of memoryN
  presence_t: enum { Absent, Offline, Online };
  -- The zones of node 1, and what is asked of a block: NoZone is plain "online", and no type left.
  zone_t: enum { NoZone, Kernel, Movable };
  -- Nodes of /proc/iomem that all span the whole namespace.
  node_t: enum { Nowhere, Namespace, Claim, Reservation, Ram };
  child_t: enum { ClaimNode, ReservationNode, RamNode };

var
  driver: driver_t;
  id_of_device_dax: boolean;
  id_of_kmem: boolean;
  auto_online: boolean;
  parent: array [child_t] of node_t; -- Nowhere: not in the tree
  block: array [block_t] of record
    presence: presence_t;
    zone: zone_t;
    type_left: zone_t;                -- what a refused request left in mem->online_type
    unmovable: boolean;               -- a page of it cannot be moved any more
    asked: zone_t;                    -- for a property
  end;
  -- The blocks that were ever in a zone; it spans from the first to the last of them, and never
  -- shrinks.
  spans: array [zone_t] of array [block_t] of boolean;
  -- For properties: they decide nothing.
  was_bound, was_named, was_unbound, left_offline, overwritten: boolean;

-- Whose child a new resource of the whole range becomes; Nowhere when the request fails. The search
-- descends into what is not busy, and only kmem's reservation is not.
function place(): node_t;
begin
  if parent[ClaimNode] != Nowhere | parent[RamNode] != Nowhere then return Nowhere; end;
  if parent[ReservationNode] != Nowhere then return Reservation; end;
  return Namespace;
end;

function in_span(zone: zone_t; b: block_t): boolean;
begin
  return (exists x: block_t do x <= b & spans[zone][x] end)
    & (exists x: block_t do x >= b & spans[zone][x] end);
end;

-- zone_for_pfn_range()
function zone_for(b: block_t; wanted: zone_t): zone_t;
begin
  if wanted != NoZone then return wanted; end;
  if in_span(Movable, b) & !in_span(Kernel, b) then return Movable; end;
  return Kernel;
end;

procedure online_pages(b: block_t; wanted: zone_t);
begin
  block[b].zone := zone_for(b, wanted);
  spans[block[b].zone][b] := true;
  block[b].presence := Online;
  block[b].type_left := NoZone;
  block[b].asked := wanted;
  overwritten := true;
end;

procedure kmem_probe();
begin
  if place() != Nowhere then
    parent[ReservationNode] := place();
    parent[RamNode] := place();
    driver := Kmem;
    was_bound := true;
    for b: block_t do block[b].presence := Offline; end;
    if auto_online then
      for b: block_t do online_pages(b, NoZone); end;
    end;
  end;
end;

procedure bind_device_dax();
begin
  if driver = NoDriver & place() != Nowhere then
    parent[ClaimNode] := place();
    driver := DeviceDax;
  end;
end;

procedure bind_kmem();
begin
  if driver = NoDriver & id_of_kmem then kmem_probe(); end;
end;

startstate
begin
  driver := DeviceDax;
  id_of_device_dax := false;
  id_of_kmem := false;
  auto_online := false;
  for c: child_t do parent[c] := Nowhere; end;
  parent[ClaimNode] := Namespace;
  for b: block_t do
    block[b].presence := Absent;
    block[b].zone := NoZone;
    block[b].type_left := NoZone;
    block[b].unmovable := false;
    block[b].asked := NoZone;
    for t: zone_t do spans[t][b] := false; end;
  end;
  was_bound := false;
  was_named := false;
  was_unbound := false;
  left_offline := false;
  overwritten := false;
end;

rule "device_dax/bind" true ==> begin bind_device_dax(); end;

rule "device_dax/unbind" driver = DeviceDax ==>
begin
  driver := NoDriver;
  parent[ClaimNode] := Nowhere;
end;

-- new_id attaches: device_dax takes every device.
rule "device_dax/new_id" true ==> begin id_of_device_dax := true; bind_device_dax(); end;
rule "device_dax/remove_id" true ==> begin id_of_device_dax := false; end;

rule "kmem/bind" true ==> begin bind_kmem(); end;

-- kmem's remove gives nothing back.
rule "kmem/unbind" driver = Kmem ==>
begin
  driver := NoDriver;
  was_unbound := true;
  left_offline := forall b: block_t do block[b].presence = Offline end;
end;

rule "kmem/new_id" true ==>
begin
  id_of_kmem := true;
  was_named := true;
  bind_kmem();
end;
rule "kmem/remove_id" true ==> begin id_of_kmem := false; end;

rule "auto_online_blocks online" true ==> begin auto_online := true; end;
rule "auto_online_blocks offline" true ==> begin auto_online := false; end;

ruleset b: block_t; wanted: zone_t do
  rule "state online" block[b].presence = Offline ==> begin online_pages(b, wanted); end;
  -- A refused request leaves its type behind.
  rule "state online, refused" block[b].presence = Online ==>
  begin
    block[b].type_left := wanted;
    block[b].asked := wanted;
  end;
end;

ruleset b: block_t do
  -- The type that is there counts.
  rule "online 1" block[b].presence = Offline ==> begin online_pages(b, block[b].type_left); end;
  rule "online 1, already" block[b].presence = Online ==> begin block[b].asked := NoZone; end;

  -- Either file.
  rule "offline" block[b].presence = Online & !block[b].unmovable ==>
  begin
    block[b].presence := Offline;
    block[b].zone := NoZone;
    block[b].asked := NoZone;
  end;
  -- A page of a kernel zone may turn out to be unmovable, and stays so.
  rule "offline, refused" block[b].presence = Online & block[b].zone = Kernel ==>
  begin
    block[b].unmovable := true;
  end;
end;

invariant "what device_dax claims holds no System RAM"
  parent[ClaimNode] != Nowhere -> parent[RamNode] = Nowhere;
invariant "blocks are covered by System RAM"
  forall b: block_t do block[b].presence != Absent -> parent[RamNode] = Reservation end;
