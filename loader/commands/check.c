/* eliloader check [VM|DISK|XL.CFG]: why a guest does not boot. See commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "common/child.h"
#include "loader/check/guest.h"
#include "loader/check/helpers.h"
#include "loader/check/host.h"
#include "loader/check/log.h"
#include "loader/check/report.h"
#include "loader/check/xl_guest.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/commands/json_print.h"

/* Something failed. */
#define STATUS_FAILED 1

/* The guest that is named, if one is. */
static int check_guest(struct check_report *report, const struct settings *settings,
                       struct error *err)
{
    struct settings guest = *settings;

    if (!settings->operand_count)
        return 0;
    if (!check_is_vm(settings, settings->operands[0])) {
        int is_config =
            settings->operand_count == 1
                ? check_xl_guest(report, settings, settings->operands[0], command_boot, err)
                : 0;
        if (is_config != 0)
            return is_config < 0 ? -1 : 0;
        return check_disks(report, settings, GUEST_UNKNOWN, command_boot, err) < 0 ||
                       check_log(report, NULL, settings->operands[0], err) < 0
                   ? -1
                   : 0;
    }
    guest.vm = settings->operands[0];
    guest.operands++;
    guest.operand_count--;
    return check_vm(report, &guest, GUEST_UNKNOWN, command_boot, err) < 0 ||
                   check_log(report, guest.vm, NULL, err) < 0
               ? -1
               : 0;
}

int command_check(const struct settings *settings, struct error *err)
{
    struct check_report report;

    signals_hold();
    check_report_begin(&report, settings->json);
    check_host(&report, settings);
    check_helpers(&report, settings);
    int result = check_guest(&report, settings, err);
    if (result == 0 && settings->json) {
        json_t *whole = check_report_json(&report);
        result = json_print(whole, err);
        json_decref(whole);
    }
    check_report_end(&report);
    if (result < 0)
        return -1;
    if (finish_output(err) < 0)
        return -1;
    return report.worst == CHECK_FAILED ? STATUS_FAILED : 0;
}
