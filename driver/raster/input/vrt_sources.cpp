#include "driver/raster/input/vrt_sources.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <memory>

namespace tiledir::raster
{

namespace
{

void collect_names(const CPLXMLNode *node, const std::string &folder, std::vector<std::string> &names)
{
    for (; node != nullptr; node = node->psNext)
    {
        if (node->eType == CXT_Element &&
            (EQUAL(node->pszValue, "SourceFilename") || EQUAL(node->pszValue, "SourceDataset")))
        {
            const std::string name = CPLGetXMLValue(node, "", "");
            const bool is_relative = CPLTestBool(CPLGetXMLValue(node, "relativeToVRT", "NO"));
            names.push_back(is_relative ? CPLProjectRelativeFilename(folder.c_str(), name.c_str()) : name);
        }
        collect_names(node->psChild, folder, names);
    }
}

} // namespace

std::vector<std::string> vrt_sources(GDALDataset &dataset)
{
    std::vector<std::string> names;
    CSLConstList xml = dataset.GetMetadata("xml:VRT");
    if (xml != nullptr && xml[0] != nullptr)
    {
        const std::unique_ptr<CPLXMLNode, decltype(&CPLDestroyXMLNode)> root(CPLParseXMLString(xml[0]),
                                                                             CPLDestroyXMLNode);
        collect_names(root.get(), CPLGetPath(dataset.GetDescription()), names);
    }
    return names;
}

std::string missing_vrt_source(GDALDataset &dataset)
{
    for (const std::string &name : vrt_sources(dataset))
    {
        VSIStatBufL stat;
        const bool is_path =
            name.find(':') == std::string::npos && name.rfind("/vsi", 0) != 0 && name.rfind('<', 0) != 0;
        if (is_path && VSIStatExL(name.c_str(), &stat, VSI_STAT_EXISTS_FLAG) != 0)
        {
            return name;
        }
    }
    return "";
}

} // namespace tiledir::raster
