#include "driver/raster/tile/tile_format.h"

#include "driver/raster/tile/known_formats.h"
#include "stac/error.h"
#include "stac/nearest_name.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_string.h>
#include <gdal_priv.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace tiledir::raster
{

namespace
{

std::string nearest(const std::string &wanted, const std::vector<std::string> &known)
{
    const auto closer = [&wanted](const std::string &a, const std::string &b)
    { return stac::edit_distance(wanted, a) < stac::edit_distance(wanted, b); };
    const auto found = std::min_element(known.begin(), known.end(), closer);
    return found == known.end() ? "" : "; the nearest known one is " + *found;
}

bool writes_rasters(GDALDriver &driver)
{
    return CPLFetchBool(driver.GetMetadata(), GDAL_DCAP_RASTER, false) &&
           (CPLFetchBool(driver.GetMetadata(), GDAL_DCAP_CREATE, false) ||
            CPLFetchBool(driver.GetMetadata(), GDAL_DCAP_CREATECOPY, false));
}

GDALDriver &known_driver(const std::string &name)
{
    GDALDriver *driver = GetGDALDriverManager()->GetDriverByName(name.c_str());
    if (driver != nullptr)
    {
        return *driver;
    }
    std::vector<std::string> names;
    for (int i = 0; i < GetGDALDriverManager()->GetDriverCount(); ++i)
    {
        if (writes_rasters(*GetGDALDriverManager()->GetDriver(i)))
        {
            names.emplace_back(GetGDALDriverManager()->GetDriver(i)->GetDescription());
        }
    }
    throw InputError("format: " + name + " is unknown to GDAL" + nearest(name, names));
}

std::vector<std::string> option_names(GDALDriver &driver)
{
    std::vector<std::string> names;
    const char *xml = driver.GetMetadataItem(GDAL_DMD_CREATIONOPTIONLIST);
    const std::unique_ptr<CPLXMLNode, void (*)(CPLXMLNode *)> list(xml == nullptr ? nullptr : CPLParseXMLString(xml),
                                                                   CPLDestroyXMLNode);
    for (const CPLXMLNode *node = list ? list->psChild : nullptr; node != nullptr; node = node->psNext)
    {
        if (node->eType == CXT_Element && EQUAL(node->pszValue, "Option"))
        {
            names.emplace_back(CPLGetXMLValue(node, "name", ""));
        }
    }
    return names;
}

void check_type(GDALDriver &driver, GDALDataType type)
{
    const char *types = driver.GetMetadataItem(GDAL_DMD_CREATIONDATATYPES);
    if (types == nullptr)
    {
        return;
    }
    const CPLStringList known(CSLTokenizeString(types));
    // GDAL 3.6 does not tell that GTiff holds them.
    const bool untold = EQUAL(driver.GetDescription(), "GTiff") && (type == GDT_Int64 || type == GDT_UInt64);
    if (!untold && known.FindString(GDALGetDataTypeName(type)) < 0)
    {
        throw InputError(std::string("data type: ") + driver.GetDescription() + " cannot hold " +
                         GDALGetDataTypeName(type) + "; it holds " + types);
    }
}

void check_options(GDALDriver &driver, const std::map<std::string, std::string> &options)
{
    const std::vector<std::string> known = option_names(driver);
    for (const auto &[option, value] : options)
    {
        if (std::none_of(known.begin(), known.end(),
                         [&name = option](const std::string &other) { return EQUAL(name.c_str(), other.c_str()); }))
        {
            throw InputError("options: " + std::string(driver.GetDescription()) + " has no creation option " + option +
                             nearest(option, known));
        }
    }
}

/// The drivers do not tell band counts.
void check_bands(GDALDriver &driver, int bands)
{
    const KnownFormat known = known_format(driver.GetDescription());
    if (known.most_bands > 0 && (bands < known.least_bands || bands > known.most_bands))
    {
        throw InputError("format: " + known.driver + " holds " + std::to_string(known.least_bands) + " to " +
                         std::to_string(known.most_bands) + " bands, not " + std::to_string(bands));
    }
    if (bands < 1)
    {
        throw InputError("format: a tile needs 1 band or more, not " + std::to_string(bands));
    }
}

} // namespace

bool TileFormat::operator==(const TileFormat &other) const
{
    return driver == other.driver && options == other.options && crs_wkt == other.crs_wkt && width == other.width &&
           height == other.height && bands == other.bands && type == other.type && nodata == other.nodata &&
           alpha == other.alpha && mask == other.mask && mask_is_alpha == other.mask_is_alpha && colors == other.colors;
}

std::optional<std::string> TileFormat::option(const char *name) const
{
    for (const auto &[key, value] : options)
    {
        if (EQUAL(key.c_str(), name))
        {
            return value;
        }
    }
    return std::nullopt;
}

std::string format_driver(const std::string &name)
{
    GDALDriver &driver = known_driver(name);
    if (!writes_rasters(driver))
    {
        throw InputError("format: GDAL's " + std::string(driver.GetDescription()) +
                         " driver cannot write rasters; GTiff can");
    }
    return driver.GetDescription();
}

std::string format_extension(const std::string &driver)
{
    if (const std::string known = known_format(driver).extension; !known.empty())
    {
        return known;
    }
    const char *extension = known_driver(driver).GetMetadataItem(GDAL_DMD_EXTENSION);
    return extension == nullptr ? "" : extension;
}

std::string format_media_type(const std::string &driver)
{
    if (const std::string known = known_format(driver).media_type; !known.empty())
    {
        return known;
    }
    const char *type = known_driver(driver).GetMetadataItem(GDAL_DMD_MIMETYPE);
    return type == nullptr ? "application/octet-stream" : type;
}

std::vector<std::string> format_options(const std::string &driver)
{
    return option_names(known_driver(driver));
}

void check_format(const TileFormat &format)
{
    GDALDriver &driver = known_driver(format_driver(format.driver));
    check_type(driver, format.type);
    check_bands(driver, format.bands);
    if (format.mask && !format.mask_is_alpha && !known_format(format.driver).has_masks)
    {
        throw InputError("format: " + format.driver + " cannot hold a mask; GTiff, COG and JPEG can");
    }
    check_options(driver, format.options);
}

std::string shape_text(int width, int height, int bands)
{
    return std::to_string(width) + " x " + std::to_string(height) + " pixels in " + std::to_string(bands) +
           (bands == 1 ? " band" : " bands");
}

} // namespace tiledir::raster
