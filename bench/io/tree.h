/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_TREE_H
#define NB_BENCH_IO_TREE_H

#include "storage.h"

/*
 * 5 000 files in 100 folders of 50, as large as the trees that people time "git status" in. The
 * first benchmark of a session that wants them makes them, in our own folder.
 */
enum { NB_TREE_FOLDERS = 100, NB_TREE_FILES = 50, NB_TREE_NAME_SIZE = 32 };
enum { NB_TREE_HEADER_BYTES = 4096 }; /* size of the files in folder 0; the others are empty */

/* NULL, or why it could not be made. */
const char *nb_tree_make(struct nb_loop *loop);
/* "tree-07" and "07/file-23" with the folder's name in front, relative to io->folder. */
void nb_tree_folder(char name[NB_TREE_NAME_SIZE], unsigned folder);
void nb_tree_file(char name[NB_TREE_NAME_SIZE], unsigned folder, unsigned file);

#endif
