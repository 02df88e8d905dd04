/* What is said of a kernel's support for Xen. See kernel_support.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/kernel_support.h"

#include "common/log.h"
#include "distros/arch.h"
#include "loader/boot/guest_kind.h"

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

/* That it starts as the other kind and not as KIND. */
static int wrong_kind(enum guest_kind kind, const char *who, const char *source, struct error *err)
{
    bool pvh = kind == GUEST_PVH;

    return error_set(err, ERROR_KERNEL,
                     "%s: this kernel has no %s entry%s%s%s, and the guest is of the type %s, so "
                     "that it cannot start with it; type=\"%s\" would work",
                     who, pvh ? "PVH" : "PV", source ? " (says " : "", source ? source : "",
                     source ? ")" : "", guest_kind_type(kind),
                     guest_kind_type(pvh ? GUEST_PV : GUEST_PVH));
}

int kernel_support_judge(enum guest_kind kind, bool pv, bool pvh, const char *who,
                         const char *source, struct error *err)
{
    if (!pv && !pvh) {
        auto_free char *sentence = kernel_support_sentence(who, source);
        if (kind != GUEST_UNKNOWN)
            return error_set(err, ERROR_KERNEL, "%s", sentence);
        log_warning("%s", sentence);
        return 0;
    }
    if (kind == GUEST_UNKNOWN || (kind == GUEST_PVH ? pvh : pv))
        return 0;
    return wrong_kind(kind, who, source, err);
}

/* That no guest of this host can start with it, of whatever kind. */
static int wrong_arch(enum guest_kind kind, const char *arch, const char *who, struct error *err)
{
    auto_free char *sentence =
        xasprintf("%s: this kernel is for %s, and no guest of this host, which is %s, can start "
                  "with it",
                  who, arch, arch_own());

    if (kind != GUEST_UNKNOWN)
        return error_set(err, ERROR_KERNEL, "%s", sentence);
    log_warning("%s", sentence);
    return 0;
}

int kernel_support_check(const struct settings *settings, int fd, enum guest_kind kind,
                         const char *who, struct error *err)
{
    auto_kernel_support struct kernel_support support = KERNEL_SUPPORT_INIT;
    auto_error struct error why = ERROR_INIT;

    if (!settings->check_kernel)
        return 0;
    if (kernel_support_look(settings, fd, who, &support, &why) < 0) {
        if (why.name == ERROR_INTERRUPTED)
            return error_set(err, why.name, "%s", why.text);
        log_warning("%s: the check for Xen guest support failed: %s", who, why.text);
        return 0;
    }
    auto_free char *text = kernel_support_text(&support);
    if (support.known || support.arch[0])
        log_step("%s: %s", who, text);
    else
        log_warning("%s: whether a Xen guest can start with it is %s", who, text);
    if (support.arch[0] && !arch_runs(support.arch, arch_own()))
        return wrong_arch(kind, support.arch, who, err);
    if (!support.known)
        return 0;
    return kernel_support_judge(kind, support.pv, support.pvh, who, NULL, err);
}
