#!/bin/sh
# written for daxcheck: an administrator who has installed a rule, and tries it out
udevadm trigger --subsystem-match=memory --action=add
