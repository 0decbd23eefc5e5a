# cmake -DSCRIPTS="a.sql;b.sql" -DOUTPUT=schema.c -P embed.cmake
#
# Writes a C file with the bytes of each script, each closed by a NUL, and the nb_store_schema that
# lists them. Bytes and not a string literal, as C promises room for 4 095 characters only.
set(text "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by embed.cmake. */\n")
string(APPEND text "#include \"store_private.h\"\n\n")
set(list "")
set(version 0)
foreach(script IN LISTS SCRIPTS)
	math(EXPR version "${version} + 1")
	file(READ ${script} bytes HEX)
	string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
	string(APPEND text "static const char script_${version}[] = {\n${bytes}0 };\n\n")
	string(APPEND list "script_${version}, ")
endforeach()
string(APPEND text "static const char *const scripts[] = { ${list}};\n\n")
string(APPEND text "const struct nb_store_schema nb_store_schema = { scripts, ${version} };\n")
file(WRITE ${OUTPUT} "${text}")
