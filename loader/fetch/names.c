/* Names by files and DNS alone. See names.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/names.h"

#include <dlfcn.h>
#include <features.h>

/* Only glibc has modules; other C libraries know files and DNS and nothing else. */
#ifdef __GLIBC__
#include <nss.h>
#endif

void names_prepare(void)
{
#ifdef __GLIBC__
    char line[] = "files dns";

    (void)__nss_configure_lookup("hosts", line);
#if !__GLIBC_PREREQ(2, 34) /* from then on both are in the library itself */
    (void)dlopen("libnss_files.so.2", RTLD_NOW);
    (void)dlopen("libnss_dns.so.2", RTLD_NOW);
#endif
#endif
}
