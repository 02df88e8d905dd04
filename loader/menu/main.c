/* menu: lets somebody choose one of a guest's boot entries, confined. Started by eliloader only;
 * see common/protocol/menu.h.
 *
 * It shows what a guest wrote, on a terminal of the host's administrator, and reads what is typed
 * there: neither is looked at by the program that has root's power.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/helper/start.h"
#include "common/protocol/menu.h"
#include "loader/menu/full.h"
#include "loader/menu/menu.h"
#include "loader/menu/plain.h"
#include "loader/menu/screen.h"

#define MEMORY_MAX      (UINT64_C(128) * 1024 * 1024)
#define CPU_SECONDS_MAX 60 /* more than a person can type */

/* Nothing of a guest's has been shown when this is entered. */
static int lock_in(const struct menu_request *request, struct report *report, struct error *err)
{
    const struct confine policy = {
        .uid = request->uid,
        .own_user = request->own_user,
        .complete = request->complete,
        .memory = MEMORY_MAX,
        .file_size = 0,
        .cpu_seconds = CPU_SECONDS_MAX,
        /* none is opened later; one more is needed while Landlock is set up */
        .descriptors = MENU_TERMINAL_FD + 2,
        .terminal = true,
    };

    return helper_confine(MENU_NAME, &policy, report, err);
}

static int show(struct menu *menu, enum menu_end *end, struct error *err)
{
    struct tty *tty = menu->tty;

    tty_open(tty, MENU_TERMINAL_FD);
    int result = screen_can(tty, menu->request->terminal) ? full_run(menu, end, err)
                                                          : plain_run(menu, end, err);
    if (result == 0)
        result = tty_flush(tty, err);
    tty_free(tty);
    return result;
}

static json_t *answer_of(const struct menu *menu, enum menu_end end)
{
    if (end == MENU_CHOSEN && menu->kernel)
        return json_pack("{s:s,s:s?,s:s}", "kernel", menu->kernel, "ramdisk", menu->ramdisk, "args",
                         menu->args);
    if (end == MENU_CHOSEN)
        return json_pack("{s:I,s:s?}", "number",
                         (json_int_t)menu->request->entries[menu->chosen].number, "args",
                         menu->args);
    return json_pack("{s:s}", "left", end == MENU_INTERRUPTED ? "interrupt" : "quit");
}

/* *ANSWER is what is to be sent. */
static int run(struct report *report, json_t **answer, struct error *err)
{
    struct menu_request request = {.json = NULL};
    struct tty tty;
    struct menu menu = {.request = &request, .tty = &tty};
    auto_buffer struct buffer text = BUFFER_INIT(0);
    enum menu_end end;
    int result = helper_read_request(MENU_NAME, MENU_REQUEST_MAX, &text, err);

    if (result == 0)
        result = menu_request_parse(buffer_text(&text), text.length, &request, err);
    if (result == 0)
        result = lock_in(&request, report, err);
    if (result == 0) {
        menu.chosen = request.chosen;
        result = show(&menu, &end, err);
    }
    if (result == 0)
        *answer = answer_of(&menu, end);
    replace_string(&menu.args, NULL);
    replace_string(&menu.kernel, NULL);
    replace_string(&menu.ramdisk, NULL);
    menu_request_free(&request);
    return result;
}

int main(int argc, char **argv)
{
    struct report report = {.fd = CHILD_ANSWER_FD};
    auto_error struct error err = ERROR_INIT;
    json_t *answer;
    int result;

    if (!helper_arguments(MENU_NAME, argc, argv, &result))
        return result;
    if (run(&report, &answer, &err) == 0)
        return report_answer(&report, answer) < 0;
    (void)!report_failure(&report, &err, NULL);
    return 1;
}
