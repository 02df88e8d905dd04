/* What is said of a kernel's support for Xen. See kernel_support.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/kernel_support.h"

#include "common/log.h"

bool kernel_support_none(const struct kernel_support *support)
{
    return support->known && !support->pv && !support->pvh;
}

char *kernel_support_text(const struct kernel_support *support)
{
    if (!support->known)
        return xasprintf("not known: %s", support->why ? support->why : "nobody has looked");
    return xasprintf("PV: %s, PVH: %s%s%s", support->pv ? "yes" : "no", support->pvh ? "yes" : "no",
                     support->arch[0] ? ", " : "", support->arch);
}

json_t *kernel_support_json(const struct kernel_support *support)
{
    const char *arch = support->arch[0] ? support->arch : NULL;

    return json_pack("{s:o,s:o,s:s?,s:s?}", "pv",
                     support->known ? json_boolean(support->pv) : json_null(), "pvh",
                     support->known ? json_boolean(support->pvh) : json_null(), "arch", arch, "why",
                     support->why);
}

char *kernel_support_sentence(const char *who, const char *source)
{
    return xasprintf("%s: this kernel was built without Xen guest support%s%s%s, so that neither a "
                     "PV nor a PVH guest can start with it; install one that has it "
                     "(CONFIG_XEN_PV or CONFIG_XEN_PVH)",
                     who, source ? " (says " : "", source ? source : "", source ? ")" : "");
}

void kernel_support_warn(const char *who, const char *source)
{
    auto_free char *sentence = kernel_support_sentence(who, source);

    log_warning("%s", sentence);
}

void kernel_support_check(const struct settings *settings, int fd, const char *who)
{
    auto_kernel_support struct kernel_support support = KERNEL_SUPPORT_INIT;
    auto_error struct error err = ERROR_INIT;

    if (!settings->check_kernel)
        return;
    if (kernel_support_look(settings, fd, who, &support, &err) < 0) {
        log_warning("%s: the check for Xen guest support failed: %s", who, err.text);
        return;
    }
    auto_free char *text = kernel_support_text(&support);
    if (kernel_support_none(&support))
        kernel_support_warn(who, NULL);
    else if (support.known || support.arch[0])
        log_step("%s: %s", who, text);
    else
        log_warning("%s: whether a Xen guest can start with it is %s", who, text);
}
