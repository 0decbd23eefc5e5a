# cmake -DPARTS="common.gp;cdf.gp" -DOUTPUT=joined.gp -P join.cmake
set(text "")
foreach(part IN LISTS PARTS)
	file(READ ${part} more)
	string(APPEND text "${more}")
endforeach()
file(WRITE ${OUTPUT} "${text}")
