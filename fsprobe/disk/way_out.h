/* What is not read here, by its kind: what it is called in a sentence, and what somebody who wants
 * to boot from it can do.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_WAY_OUT_H
#define FSPROBE_DISK_WAY_OUT_H

/* How likely it is the reason why a guest does not boot. */
enum way_out_rank {
    WAY_OUT_LIKELY,   /* its /boot may be in it */
    WAY_OUT_UNLIKELY, /* nobody boots from that, or what it belongs to says more */
    WAY_OUT_NOTHING,  /* there is nothing in it */
};

struct way_out {
    const char *kind; /* a volume's type, or "md:raid5", "lvm:thin" */
    const char *what; /* "encrypted (LUKS)": behind "is" */
    const char *way;  /* "put …": a clause; NULL: there is none */
    enum way_out_rank rank;
};

/* What is known of KIND; NULL: nothing. */
const struct way_out *way_out_of(const char *kind);
/* The way out of something that there is no line of. */
const char *way_out_usual(void);

#endif
