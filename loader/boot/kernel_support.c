/* Asks the helper `medium` whether a kernel can run as a Xen guest. See kernel_support.h; the
 * contract is medium/medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/kernel_support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/protocol/medium.h"
#include "loader/helpers/call.h"

/* The largest kernel takes a few seconds of a slow host's time to unpack. Seconds. */
#define LOOK_SECONDS 60

void kernel_support_free(struct kernel_support *support)
{
    free(support->why);
    *support = KERNEL_SUPPORT_INIT;
}

/* --- the helper -------------------------------------------------------------------------- */

bool kernel_support_take(const json_t *member, struct kernel_support *support)
{
    const json_t *known = json_object_get(member, "known"), *pv = json_object_get(member, "pv");
    const json_t *pvh = json_object_get(member, "pvh"), *arch = json_object_get(member, "arch");
    const json_t *why = json_object_get(member, "why");

    *support = KERNEL_SUPPORT_INIT;
    if (!json_is_boolean(known) || !json_is_boolean(pv) || !json_is_boolean(pvh) ||
        (json_is_true(known) ? !json_is_string(arch) : !json_is_string(why)) ||
        json_string_length(arch) >= sizeof support->arch)
        return false;
    support->known = json_is_true(known);
    support->pv = support->known && json_is_true(pv);
    support->pvh = support->known && json_is_true(pvh);
    snprintf(support->arch, sizeof support->arch, "%s",
             json_is_string(arch) ? json_string_value(arch) : "");
    if (!support->known)
        support->why = xstrdup(json_string_value(why));
    return true;
}

static char *make_request(const struct settings *settings, const char *name, struct error *err)
{
    auto_free char *escaped = text_escape(name);
    json_auto_t *json = json_pack("{s:s,s:s,s:b,s:I}", "mode", MEDIUM_SUPPORT, "name", escaped,
                                  "verify", 0, "uid", (json_int_t)settings->runas);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper medium");
    return text;
}

int kernel_support_look(const struct settings *settings, int fd, const char *name,
                        struct kernel_support *support, struct error *err)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", fd);
    /* FD may be open to write, which the helper shall not be able to. */
    auto_fd int own = open(self, O_RDONLY | O_CLOEXEC);
    auto_free char *request = make_request(settings, name, err);
    const struct helper_call call = {.name = "medium",
                                     .request = request,
                                     .fds = &own,
                                     .fd_count = 1,
                                     .total_seconds = LOOK_SECONDS};
    json_auto_t *answer = NULL;

    *support = KERNEL_SUPPORT_INIT;
    if (!request)
        return -1;
    if (own < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open %s again to look into it", name);
    if (helper_run(&call, &answer, NULL, err) < 0)
        return error_prefix(err, "cannot look into %s", name);
    if (!kernel_support_take(json_object_get(answer, "support"), support))
        return error_set(err, ERROR_INTERNAL, "the helper medium gave an answer that is damaged");
    return 0;
}

/* --- telling ----------------------------------------------------------------------------- */

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
