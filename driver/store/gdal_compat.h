// What differs between GDAL 3.6 and 3.13 for classes derived from GDAL's: the only file that looks at GDAL_VERSION_NUM.
// Included instead of gdal_priv.h. Use the names below wherever one of GDAL's virtual functions or callbacks is
// declared; the code in the bodies is then the same for all versions.
#pragma once

#include <gdal_priv.h>
#include <gdal_version.h>

// GDALDataset::IRasterIO's list of bands. GDAL_BANDMAP_TYPE_CONST_SAFE stays undefined: libgdal is built without it,
// and a vtable that names the base's function must find it there.
#ifndef BANDMAP_TYPE // new in 3.10
#define BANDMAP_TYPE int *
#endif

namespace tiledir::store
{

using BandMap = BANDMAP_TYPE;

/// Result of GDALDataset::FlushCache. `return flush_result(status);` ends a body on every version.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 7, 0)
using FlushResult = CPLErr;
inline FlushResult flush_result(CPLErr status)
{
    return status;
}
#else
using FlushResult = void;
inline FlushResult flush_result(CPLErr) {}
#endif

/// Are a band's bytes signed, which GDAL tells by metadata before it has a type for it?
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 7, 0)
inline bool has_signed_bytes(GDALRasterBand &)
{
    return false;
}
#else
inline bool has_signed_bytes(GDALRasterBand &band)
{
    const char *type =
        band.GetRasterDataType() == GDT_Byte ? band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") : nullptr;
    return type != nullptr && EQUAL(type, "SIGNEDBYTE");
}
#endif

/// Node that GDALPamDataset::XMLInit and GDALPamRasterBand::XMLInit take.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 9, 0)
using PamNode = const CPLXMLNode;
#else
using PamNode = CPLXMLNode;
#endif

/// What GetMetadata returns, SetMetadata and AddBand take, and the list of options of pfnCreate and pfnCreateCopy.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 13, 0)
using StringList = CSLConstList;
#else
using StringList = char **;
#endif

} // namespace tiledir::store

// CPLErr TILEDIR_GET_GEO_TRANSFORM(values) override;    values[0] to values[5] in the body
// CPLErr TILEDIR_SET_GEO_TRANSFORM(values) override;
// The same macros define them outside of the class: CPLErr Class::TILEDIR_GET_GEO_TRANSFORM(values) { ... }
// NOLINTBEGIN(bugprone-macro-parentheses): the argument is a parameter's name
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 12, 0)
#define TILEDIR_GET_GEO_TRANSFORM(values) GetGeoTransform(GDALGeoTransform &values) const
#define TILEDIR_SET_GEO_TRANSFORM(values) SetGeoTransform(const GDALGeoTransform &values)
#else
#define TILEDIR_GET_GEO_TRANSFORM(values) GetGeoTransform(double *values)
#define TILEDIR_SET_GEO_TRANSFORM(values) SetGeoTransform(double *values)
#endif
// NOLINTEND(bugprone-macro-parentheses)

// const of GDALDataset::TestCapability, GetLayerCount and GetLayer, OGRLayer::TestCapability and GetLayerDefn.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 12, 0)
#define TILEDIR_CONST_SINCE_3_12 const
#else
#define TILEDIR_CONST_SINCE_3_12
#endif

// CPLErr Close(TILEDIR_CLOSE_PARAMETERS) TILEDIR_CLOSE_OVERRIDE;
// GDAL calls Close since 3.7; before, only the destructor runs. Let both call one function that may be called twice.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 13, 0)
#define TILEDIR_CLOSE_PARAMETERS GDALProgressFunc, void *
#define TILEDIR_CLOSE_ARGUMENTS nullptr, nullptr
#else
#define TILEDIR_CLOSE_PARAMETERS
#define TILEDIR_CLOSE_ARGUMENTS
#endif
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 7, 0)
#define TILEDIR_CLOSE_OVERRIDE override
#else
#define TILEDIR_CLOSE_OVERRIDE
#endif

// GDALRasterBand *TILEDIR_REF_UNDERLYING_BAND override { ... } in a class over GDALProxyRasterBand.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 7, 0)
#define TILEDIR_REF_UNDERLYING_BAND RefUnderlyingRasterBand(bool) const
#else
#define TILEDIR_REF_UNDERLYING_BAND RefUnderlyingRasterBand() const
#endif

// `gdal driver NAME COMMAND`: GDALDriver::DeclareAlgorithm() and <gdalalgorithm.h>.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 12, 0)
#define TILEDIR_HAS_ALGORITHMS 1
#else
#define TILEDIR_HAS_ALGORITHMS 0
#endif

// Up to 3.6 the warper's average makes only pixels whose centre falls on the input; later ones (seen on 3.10) also
// those that it covers in part.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 7, 0)
#define TILEDIR_AVERAGE_NEEDS_CENTRE 0
#else
#define TILEDIR_AVERAGE_NEEDS_CENTRE 1
#endif
