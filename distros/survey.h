/* What a tree is, and where in it to look: it is recognised, then the family that is asked for, or
 * the recognised one, plans for it. What the helper that reads a tree begins with.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_SURVEY_H
#define DISTROS_SURVEY_H

#include "distros/recognise.h"

/* What is asked. Strings belong to the caller. */
struct survey_request {
    const char *family; /* "rhlike"; RECOGNISE_AUTO; or GUESS_ANY: the recognised one, or none */
    const char *arch;   /* NULL: the tree's own */
    const char *release, *repository, *kernel, *ramdisk; /* as of struct tree_request */
    bool identify; /* a tree that is not known is no error, and an assumed release will do */
};

/* What was found. Starts zeroed. */
struct survey {
    struct recognised recognised;
    const char *family; /* whose layouts TREE has; NULL: no family's. Not owned */
    struct tree tree;   /* without layouts where there is no family */
};

/* Fills SURVEY. Whether the tree contradicts the request is the caller's business; a tree that
 * cannot be recognised is an error only when the request leaves the family to it. 0; or -1 with
 * ERR, whose sentence does not name the tree. The caller frees SURVEY in both cases. */
int survey_tree(const struct survey_request *request, const struct tree_reader *reader,
                struct survey *survey, struct error *err) must_check;
void survey_free(struct survey *survey);
#define auto_survey __attribute__((cleanup(survey_free)))

/* Whether REQUEST takes the layouts of any family (see guess.h). */
bool survey_is_for_any(const struct survey_request *request) must_check;

/* Why no kernel was found in any of the places of SURVEY's tree, as a sentence that follows the
 * tree's name ("has no kernel where …"). The caller frees. */
char *survey_no_kernel(const struct survey *survey) must_check;

#endif
