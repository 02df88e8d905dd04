/* Judging where a connection may go. See reach.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/reach.h"

static bool is_own_address(const struct reach *reach, const struct address *address)
{
    for (size_t i = 0; i < reach->own_count; i++)
        if (address_same(&reach->own[i], address))
            return true;
    return false;
}

static bool is_allowed_port(const struct reach *reach, uint16_t port)
{
    for (size_t i = 0; i < reach->port_count; i++)
        if (reach->ports[i] == port)
            return true;
    return false;
}

static enum reach_verdict judge_own(struct reach *reach, const struct address *address,
                                    enum address_class class)
{
    if (reach->settled)
        return class == ADDRESS_LOCAL || class > reach->own_class ? REACH_MOVED : REACH_FINE;
    if (reach->own_count < REACH_OWN_MAX)
        reach->own[reach->own_count++] = *address;
    if (class > reach->own_class)
        reach->own_class = class;
    return REACH_FINE;
}

enum reach_verdict reach_judge(struct reach *reach, const struct address *address, uint16_t port,
                               bool own, enum address_class from)
{
    enum address_class class = address_class(address);

    if (reach->allowed == REACH_ALLOW_ANY)
        return REACH_FINE;
    if (!is_allowed_port(reach, port))
        return REACH_PORT;
    if (is_own_address(reach, address))
        return REACH_FINE;
    if (own)
        return judge_own(reach, address, class);
    if (class == ADDRESS_LOCAL)
        return REACH_LOCAL;
    if (class == ADDRESS_PRIVATE && from < ADDRESS_PRIVATE && reach->allowed != REACH_ALLOW_PRIVATE)
        return REACH_PRIVATE;
    return REACH_FINE;
}

void reach_settle(struct reach *reach, const struct address *address)
{
    size_t kept = 0;

    if (reach->settled)
        return;
    reach->settled = true;
    reach->own_class = address_class(address);
    for (size_t i = 0; i < reach->own_count; i++)
        if (address_class(&reach->own[i]) <= reach->own_class)
            reach->own[kept++] = reach->own[i];
    reach->own_count = kept;
}
