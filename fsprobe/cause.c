/* From many problems to one. See cause.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/cause.h"

#include <string.h>

#include "common/text.h"
#include "fsprobe/unreadable.h"

static bool is_note(const struct problems *notes, const char *text)
{
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->texts[i], text) == 0)
            return true;
    return false;
}

/* What was asked for is told last; else the first thing that was wrong says more than the list of
 * all places at the end. */
static const char *main_problem(const struct selection *select, const struct problems *problems,
                                const struct problems *notes)
{
    bool asked = select->entry || select->kernel || select->ramdisk;

    for (size_t i = 0; i < problems->count && !asked; i++)
        if (!is_note(notes, problems->texts[i]))
            return problems->texts[i];
    return problems->count ? problems->texts[problems->count - 1] : NULL;
}

/* Adds TEXT unless it was said. */
static void add(struct buffer *cause, const char *text)
{
    if (*text && (cause->length == 0 || !strstr(buffer_text(cause), text)))
        (void)buffer_addf(cause, "%s%s", cause->length ? "; " : "", text);
}

char *cause_of(const struct guest *guest, const struct selection *select,
               const struct choice *choice, const struct problems *notes)
{
    const char *first =
        choice->cause ? choice->cause : main_problem(select, &choice->menu.problems, notes);
    auto_buffer struct buffer cause = BUFFER_INIT(CAUSE_MAX);
    auto_buffer struct buffer unread = BUFFER_INIT(UNREADABLE_TEXT_MAX);

    if (choice->found || !first)
        return NULL;
    add(&cause, first);
    if (!choice->settled)
        (void)unreadable_add(guest, UNREADABLE_LIKELY, first, &unread);
    if (unread.length)
        add(&cause, buffer_text(&unread));
    if (notes->count)
        add(&cause, notes->texts[0]);
    return buffer_take(&cause);
}
