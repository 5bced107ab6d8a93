#include "driver/raster/pixels/data_type.h"

#include <array>
#include <cmath>

namespace tiledir::raster
{

namespace
{

struct TypeNames
{
    const char *stac;
    const char *gdal;
};

/// By name: types that this GDAL does not know are then unknown, whichever version it is.
constexpr std::array<TypeNames, 15> kTypeNames{{{"uint8", "Byte"},
                                                {"int8", "Int8"},
                                                {"uint16", "UInt16"},
                                                {"int16", "Int16"},
                                                {"uint32", "UInt32"},
                                                {"int32", "Int32"},
                                                {"uint64", "UInt64"},
                                                {"int64", "Int64"},
                                                {"float16", "Float16"},
                                                {"float32", "Float32"},
                                                {"float64", "Float64"},
                                                {"cint16", "CInt16"},
                                                {"cint32", "CInt32"},
                                                {"cfloat32", "CFloat32"},
                                                {"cfloat64", "CFloat64"}}};

} // namespace

std::string stac_name(GDALDataType type)
{
    const char *known = GDALGetDataTypeName(type);
    for (const TypeNames &names : kTypeNames)
    {
        if (known != nullptr && names.gdal == std::string(known))
        {
            return names.stac;
        }
    }
    // GDAL 3.13 may say UInt8 where earlier ones say Byte.
    return type == GDT_Byte ? "uint8" : "other";
}

GDALDataType type_of_stac_name(const std::string &name)
{
    for (const TypeNames &names : kTypeNames)
    {
        if (names.stac == name)
        {
            return GDALGetDataTypeByName(names.gdal);
        }
    }
    return GDT_Unknown;
}

GDALDataType readable_type(const std::string &name)
{
    const GDALDataType type = type_of_stac_name(name);
    if (type != GDT_Unknown)
    {
        return type;
    }
    return name == "int8" ? GDT_Int16 : name == "float16" ? GDT_Float32 : GDT_Unknown;
}

bool holds(GDALDataType type, double value)
{
    const bool is_too_large = (type == GDT_Int64 && !(value >= -0x1p63 && value < 0x1p63)) ||
                              (type == GDT_UInt64 && !(value >= 0 && value < 0x1p64));
    if (is_too_large)
    {
        return false; // the nearest value of the type is the same as a double
    }
    std::array<unsigned char, 16> pixel{};
    double back = 0;
    GDALCopyWords(&value, GDT_Float64, 0, pixel.data(), type, 0, 1);
    GDALCopyWords(pixel.data(), type, 0, &back, GDT_Float64, 0, 1);
    return std::isnan(value) ? std::isnan(back) : back == value;
}

} // namespace tiledir::raster
