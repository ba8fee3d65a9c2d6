#!/bin/sh
# written for daxcheck: dax0.0 goes back to direct access, unless its memory is in use
daxctl offline-memory dax0.0 || exit 1
daxctl reconfigure-device --mode=devdax dax0.0
