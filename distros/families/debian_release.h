/* What a Debian tree says of itself: in Release, for one release of a mirror, and in
 * .disk/info, for a CD.
 *
 * Release has lines "Key: value"; read are Origin, Version, Codename, Suite and Architectures,
 * all in front of the lists of checksums (Debian wiki, DebianRepository/Format). .disk/info is
 * one line, as debian-cd and Ubuntu's builders write it:
 *   Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 DVD Binary-1 with firmware 20240210
 *   Ubuntu-Server 20.04.6 LTS "Focal Fossa" - Release amd64 (20230314)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_DEBIAN_RELEASE_H
#define DISTROS_DEBIAN_RELEASE_H

#include "distros/distros.h"

/* Longest name of a release or suite, in bytes; the longest real ones are below 30. */
#define DEBIAN_RELEASE_MAX 64

#define DEBIAN_DISK_INFO ".disk/info"

/* NULL and 0 where the tree is silent. Starts zeroed. */
struct debian_release {
    char *name;     /* "Debian", "Ubuntu"; of a CD "Debian GNU/Linux" */
    char *version;  /* "12.5" */
    char *codename; /* "bookworm" */
    unsigned archs; /* that the tree has: arch_bit() */
};
/* Frees the strings of RELEASE, and zeroes it. */
void debian_release_free(struct debian_release *release);
#define auto_debian_release __attribute__((cleanup(debian_release_free)))

/* Reads PATH of the tree, a Release file, into RELEASE. 1: it is one; 0: it is not there, or is
 * something else; -1 with ERR. */
int debian_release_read(const struct tree_reader *reader, const char *path,
                        struct debian_release *release, struct error *err) must_check;
/* The same with .disk/info. */
int debian_disk_info_read(const struct tree_reader *reader, struct debian_release *release,
                          struct error *err) must_check;

/* Where a repository's URL says what of the path to dists/RELEASE/ it has. */
struct debian_place {
    bool dists;          /* ends in /dists */
    const char *release; /* behind /dists/, up to the next '/'; not terminated */
    size_t length;       /* 0: there is none */
    const char *rest;    /* what is behind that, as "/main/installer-amd64/"; not terminated */
    size_t rest_length;  /* up to a query or a fragment */
};

/* Looks in REPOSITORY for the last "dists" that is a whole part of the path, or the one with WANTED
 * (may be NULL) behind it, for a mirror may well keep all it has in a folder of that name too. What
 * is found points into REPOSITORY. */
struct debian_place debian_find_place(const char *repository, const char *wanted) must_check;

/* The path of the Release file of RELEASE from REPOSITORY on, which may have /dists/ or
 * /dists/RELEASE/ in it already; RELEASE may be NULL then. NULL when no release is known, or the
 * repository leads into the release. The caller frees. */
char *debian_release_path(const char *repository, const char *release) must_check;
/* What of PATH, which begins in the release's folder ("main/installer-amd64/current/images/…"), is
 * left when the repository ends somewhere on the way to it, as PLACE says: the version that may
 * stand there in the place of "current" is taken for it. NULL: PATH is not below the repository. */
const char *debian_path_left(const struct debian_place *place, const char *path) must_check;
/* The architecture of the installer that PLACE leads into, as Debian calls it; the caller frees.
 * NULL: it does not. */
char *debian_place_arch(const struct debian_place *place) must_check;

/* True for a name that a release may have: 1 to DEBIAN_RELEASE_MAX letters, digits, '.', '_' and
 * '-', not beginning with '.'. */
bool debian_release_valid(const char *release);

#endif
