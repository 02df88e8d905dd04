/* What a family of distributions brings, for the files of this folder only: each family is one
 * file, which defines its struct family, and one line of the table in families.h. All but `distro`
 * and `plan` may be left out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_FAMILY_H
#define DISTROS_FAMILY_H

#include "distros/arguments.h"
#include "distros/distros.h"
#include "distros/families.h"
#include "distros/look.h"
#include "distros/nfs_image.h"
#include "distros/plan.h"

/* Most arguments of a family's own. */
#define INSTALLER_OWN_MAX 8

/* An argument that only installers of the family know. */
struct installer_argument {
    const char *name; /* "modloop" */
    char *value;      /* owned: freed by who asked; NULL: the name stands alone */
};

/* How an installer of the family is spoken to. */
struct installer_words {
    const char *method;    /* key of the repository argument; NULL: it takes none */
    const char *prefix;    /* the names are said once more with this in front; NULL: they are not */
    enum image_form image; /* how the method has an image on an NFS server */
    struct installer_argument
        own[INSTALLER_OWN_MAX]; /* behind the repository; ends at a NULL name */
};

/* One place more than the family's plan knows, for guess.h. */
struct guess_place {
    const char *arch; /* NULL: any */
    const char *source, *kernel, *ramdisk;
};

/* One way in which trees of the family are searched for a kernel when they do not say what they
 * are. */
enum guess_way {
    GUESS_END,         /* of the list */
    GUESS_OWN,         /* the family's plan, for the architecture that is asked for */
    GUESS_OWN_OTHER,   /* the same, for the other architecture */
    GUESS_CDROM,       /* as GUESS_OWN, as of a CD */
    GUESS_CDROM_OTHER, /* as GUESS_OWN_OTHER, as of a CD */
    GUESS_PLACES,      /* the family's places */
};

struct family {
    struct distro distro;
    /* Reads the tree's metadata, adds layouts in the order to try them (unless the plan is
     * decided), and gives the layouts their checksums. 0, or -1 with ERR. */
    int (*plan)(struct tree_plan *plan, struct error *err);
    /* Changes WORDS, whose method is `distro.method` and which hold nothing else, to what this
     * tree's installer understands, and adds the family's own arguments. The repository may be
     * "cdrom". NULL: nothing to change. */
    void (*words)(const struct install_arguments *arguments, struct installer_words *words);
    /* As distro_pygrub_boots(). NULL: always. */
    bool (*pygrub_boots)(const char *tree_name, const char *tree_version);
    /* 1: the tree says that it is of this family, and look->out is filled; 0: it does not; -1 with
     * ERR. NULL: no tree says so. */
    int (*recognise)(struct look *look, struct error *err);
    /* The same for a tree that says nothing of itself, of any family, by what only this one's have.
     * NULL: there is nothing of that kind. */
    int (*suspect)(struct look *look, struct error *err);
    /* The ways, in order, ended by GUESS_END. NULL: it is not searched for. */
    const enum guess_way *ways;
    const struct guess_place *places; /* at most TREE_LAYOUTS_MAX, ended by one without a kernel */
    /* Whether the layouts of REQUEST's repository can be told, other than those of a CD. NULL:
     * always. */
    bool (*can_guess)(const struct tree_request *request);
};

/* All of them, each defined by a file of its own. */
#define FAMILY_EXTERN_(symbol, name) extern const struct family symbol;
FAMILIES(FAMILY_EXTERN_, FAMILY_EXTERN_)

#endif
