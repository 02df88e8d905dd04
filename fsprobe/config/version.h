/* The order of versions in the Boot Loader Specification (UAPI version format specification).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_VERSION_H
#define FSPROBE_CONFIG_VERSION_H

/* Less than, equal to, or greater than 0 as A is older than, the same as, or newer than B. */
int version_compare(const char *a, const char *b);

#endif
