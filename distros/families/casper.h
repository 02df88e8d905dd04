/* casper, the live system from which Ubuntu is installed since 20.04 (casper(7)). It has to find
 * itself: on a CD it does, and from NFS it is told how; from anywhere else it needs the URL of a
 * whole image, which only a person knows (install-args=url=…). SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef DISTROS_FAMILIES_CASPER_H
#define DISTROS_FAMILIES_CASPER_H

#include "distros/family.h"

#define CASPER "casper" /* the folder that it is kept in, and the source of its layouts */

/* As `words` of struct family, for Debian's, whose own installer asks, or is told by preseeding. */
void casper_words(const struct install_arguments *arguments, struct installer_words *words);

#endif
