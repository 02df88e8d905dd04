/* Tables, then the tree. See medium_tree.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/media/medium_tree.h"

int medium_tree_take(const struct settings *settings, const struct tree_medium *medium,
                     const struct tree_request *request, const struct fetch_limits *limits,
                     struct media *media, struct outputs *outputs, struct fetched *fetched,
                     struct error *err)
{
    if (media_open(settings, media, err) < 0)
        return -1;
    return tree_take(settings, medium, request, limits, maps_have_sums(media->maps), outputs,
                     fetched, err);
}
