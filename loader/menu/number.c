/* Numbers that are typed. See number.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/number.h"

#include "common/text.h"
#include "loader/menu/keys.h"

bool number_take(struct number *number, uint32_t key)
{
    if (key == KEY_BACKSPACE || key == KEY_DELETE_BACK)
        number->length -= number->length > 0;
    else if (key == KEY_CONTROL('U'))
        number->length = 0;
    else if (key < 0x20 || key >= 0x7f)
        return false;
    else if (number->length < NUMBER_MAX)
        number->text[number->length++] = (char)key;
    number->text[number->length] = '\0';
    return true;
}

bool number_names(const struct number *number, const struct menu_request *request, size_t *index)
{
    uint64_t value;

    if (!text_to_number(number->text, UINT32_MAX, &value))
        return false;
    for (size_t i = 0; i < request->count; i++)
        if (request->entries[i].number == value) {
            *index = i;
            return true;
        }
    return false;
}
