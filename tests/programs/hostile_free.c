/* The attempts of hostile.h where nothing confines them: whoever starts this sees which of them
 * could succeed at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/helper/start.h"
#include "tests/programs/hostile.h"

int __real_helper_confine(const char *name, const struct confine *policy, struct report *report,
                          struct error *err);

/* The linker's wrap of hostile.c needs one. */
int __real_helper_confine(const char *name, const struct confine *policy, struct report *report,
                          struct error *err)
{
    (void)name, (void)policy, (void)report, (void)err;
    return 0;
}

int main(void)
{
    hostile_run();
}
