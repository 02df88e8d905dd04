/* All attempts as one list. See hostile.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/memory.h"
#include "tests/programs/hostile.h"

int hostile_input, hostile_output = -1;

const struct hostile_attempt *hostile_at(size_t number)
{
    const struct {
        const struct hostile_attempt *attempts;
        size_t count;
    } lists[] = {{hostile_calls, hostile_call_count},
                 {hostile_acts, hostile_act_count},
                 {hostile_sockets, hostile_socket_count}};

    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        if (number < lists[i].count)
            return &lists[i].attempts[number];
        number -= lists[i].count;
    }
    return NULL;
}
