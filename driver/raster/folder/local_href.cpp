#include "driver/raster/folder/local_href.h"

#include "stac/percent_encoding.h"

#include <cpl_vsi.h>

namespace tiledir::raster
{

std::string local_path_of(const std::string &href, const std::string &item_folder)
{
    if (href.find('%') == std::string::npos)
    {
        return href;
    }
    const auto slash = href.rfind('/', href.find('{'));
    const std::string fixed = slash == std::string::npos ? "" : href.substr(0, slash);
    const std::string folder = href.rfind('/', 0) == 0 ? fixed : item_folder + '/' + fixed;
    VSIStatBufL status;
    const bool is_called_so =
        fixed.find('%') != std::string::npos && VSIStatExL(folder.c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0;
    return is_called_so ? href : stac::percent_decoded(href);
}

} // namespace tiledir::raster
