/* The order of versions by rpm's rule, as Red Hat's GRUB has it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_RPM_VERSION_H
#define FSPROBE_CONFIG_RPM_VERSION_H

/* Less than, equal to, or greater than 0 as A is older than, the same as, or newer than B. */
int rpm_version_compare(const char *a, const char *b);
/* The same for NAME-VERSION-RELEASE, cut at the last two dashes and compared in this order. With
 * one dash there is no release, and with none only the name. */
int rpm_package_compare(const char *a, const char *b);

#endif
