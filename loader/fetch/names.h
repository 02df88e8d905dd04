/* How the helper fetch resolves the names of servers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NAMES_H
#define LOADER_FETCH_NAMES_H

/* From here on names are looked for in /etc/hosts and by DNS, whatever nsswitch.conf says: its
 * other modules (nscd, D-Bus, LDAP, …) need Unix sockets, netlink or code that is loaded later,
 * none of which a confined process has. To be called before it is confined: what it takes is loaded
 * here. */
void names_prepare(void);

#endif
