#include "driver/raster/input/source_raster.h"

#include "driver/raster/input/raster_file.h"
#include "driver/store/gdal_compat.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <cpl_minixml.h>
#include <cpl_string.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace tiledir::raster
{

namespace
{

bool same_raster(GDALDataset &one, GDALDataset &other)
{
    bool same = one.GetRasterXSize() == other.GetRasterXSize() && one.GetRasterYSize() == other.GetRasterYSize() &&
                one.GetRasterCount() == other.GetRasterCount();
    for (int band = 1; same && band <= one.GetRasterCount(); ++band)
    {
        same = one.GetRasterBand(band)->GetRasterDataType() == other.GetRasterBand(band)->GetRasterDataType();
    }
    return same;
}

/// Whether all of a VRT's sources have names.
bool sources_have_names(const CPLXMLNode *node)
{
    for (; node != nullptr; node = node->psNext)
    {
        if (node->eType != CXT_Element)
        {
            continue;
        }
        const std::string element = node->pszValue;
        if ((element == "SourceFilename" || element == "SourceDataset") && CPLGetXMLValue(node, nullptr, "")[0] == '\0')
        {
            return false;
        }
        if (!sources_have_names(node->psChild))
        {
            return false;
        }
    }
    return true;
}

std::string driver_of(GDALDataset &dataset)
{
    return dataset.GetDriver() == nullptr ? "" : dataset.GetDriver()->GetDescription();
}

/// As the dataset was opened. Null where that fails.
DatasetPtr opened_again(const std::string &name, GDALDataset &dataset)
{
    const std::string driver = driver_of(dataset);
    const char *const drivers[] = {driver.c_str(), nullptr};
    DatasetPtr again(GDALDataset::Open(name.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR,
                                       driver.empty() ? nullptr : drivers, dataset.GetOpenOptions()));
    return again && same_raster(*again, dataset) ? std::move(again) : nullptr;
}

/// What opens the dataset: its name or, of a VRT without one, its XML.
std::string name_of(GDALDataset &dataset)
{
    const std::string driver = driver_of(dataset);
    if (driver == "MEM" || dataset.GetAccess() == GA_Update)
    {
        return "";
    }
    std::string name = dataset.GetDescription();
    if (driver != "VRT")
    {
        return name;
    }
    CSLConstList xml = dataset.GetMetadata("xml:VRT");
    const std::unique_ptr<CPLXMLNode, decltype(&CPLDestroyXMLNode)> tree(
        xml == nullptr || xml[0] == nullptr ? nullptr : CPLParseXMLString(xml[0]), CPLDestroyXMLNode);
    if (!tree || !sources_have_names(tree.get()))
    {
        return "";
    }
    return name.empty() ? xml[0] : name;
}

} // namespace

struct SourceRaster::Shared
{
    std::mutex mutex; ///< of all that is done with the dataset
};

/// A band, or the mask of one.
class SourceRaster::ViewBand final : public GDALRasterBand
{
public:
    ViewBand(GDALDataset *dataset, int number, GDALRasterBand &band, std::shared_ptr<Shared> shared)
        : m_band(band)
        , m_shared(std::move(shared))
    {
        poDS = dataset;
        nBand = number;
        nRasterXSize = band.GetXSize();
        nRasterYSize = band.GetYSize();
        eDataType = band.GetRasterDataType();
        band.GetBlockSize(&nBlockXSize, &nBlockYSize);
        if (number > 0)
        {
            const int flags = band.GetMaskFlags();
            if ((flags & (GMF_ALL_VALID | GMF_NODATA)) == 0)
            {
                m_mask = std::make_unique<ViewBand>(nullptr, 0, *band.GetMaskBand(), m_shared);
                m_mask_flags = flags;
            }
        }
    }

    double GetNoDataValue(int *success) override { return m_band.GetNoDataValue(success); }
    int64_t GetNoDataValueAsInt64(int *success) override { return m_band.GetNoDataValueAsInt64(success); }
    uint64_t GetNoDataValueAsUInt64(int *success) override { return m_band.GetNoDataValueAsUInt64(success); }
    GDALColorInterp GetColorInterpretation() override { return m_band.GetColorInterpretation(); }
    GDALColorTable *GetColorTable() override { return m_band.GetColorTable(); }
    const char *GetMetadataItem(const char *name, const char *domain) override
    {
        return m_band.GetMetadataItem(name, domain);
    }
    int GetMaskFlags() override { return m_mask ? m_mask_flags : GDALRasterBand::GetMaskFlags(); }
    GDALRasterBand *GetMaskBand() override { return m_mask ? m_mask.get() : GDALRasterBand::GetMaskBand(); }

protected:
    int IGetDataCoverageStatus(int col, int row, int width, int height, int stop_at, double *percent) override
    {
        const std::lock_guard<std::mutex> lock(m_shared->mutex);
        return m_band.GetDataCoverageStatus(col, row, width, height, stop_at, percent);
    }

    CPLErr IReadBlock(int block_col, int block_row, void *data) override
    {
        const int col = block_col * nBlockXSize;
        const int row = block_row * nBlockYSize;
        const int size = GDALGetDataTypeSizeBytes(eDataType);
        const int width = std::min(nBlockXSize, nRasterXSize - col);
        const int height = std::min(nBlockYSize, nRasterYSize - row);
        return IRasterIO(GF_Read, col, row, width, height, data, width, height, eDataType, size,
                         static_cast<GSpacing>(nBlockXSize) * size, nullptr);
    }

    CPLErr IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                     int buffer_height, GDALDataType type, GSpacing pixel_space, GSpacing line_space,
                     GDALRasterIOExtraArg *extra) override
    {
        const std::lock_guard<std::mutex> lock(m_shared->mutex);
        return m_band.RasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, type, pixel_space,
                               line_space, extra);
    }

private:
    GDALRasterBand &m_band;
    std::shared_ptr<Shared> m_shared;
    std::unique_ptr<ViewBand> m_mask;
    int m_mask_flags = GMF_ALL_VALID;
};

class SourceRaster::View final : public GDALDataset
{
public:
    View(GDALDataset &dataset, const std::shared_ptr<Shared> &shared)
        : m_dataset(dataset)
        , m_shared(shared)
    {
        nRasterXSize = dataset.GetRasterXSize();
        nRasterYSize = dataset.GetRasterYSize();
        for (int band = 1; band <= dataset.GetRasterCount(); ++band)
        {
            SetBand(band, new ViewBand(this, band, *dataset.GetRasterBand(band), shared));
        }
    }

    CPLErr TILEDIR_GET_GEO_TRANSFORM(values) override { return m_dataset.GetGeoTransform(values); }
    const OGRSpatialReference *GetSpatialRef() const override { return m_dataset.GetSpatialRef(); }

protected:
    CPLErr IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                     int buffer_height, GDALDataType type, int band_count, store::BandMap bands, GSpacing pixel_space,
                     GSpacing line_space, GSpacing band_space, GDALRasterIOExtraArg *extra) override
    {
        const std::lock_guard<std::mutex> lock(m_shared->mutex);
        return m_dataset.RasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, type, band_count,
                                  bands, pixel_space, line_space, band_space, extra);
    }

private:
    GDALDataset &m_dataset;
    std::shared_ptr<Shared> m_shared;
};

SourceRaster::SourceRaster(GDALDataset &dataset)
    : m_dataset(dataset)
    , m_name(name_of(dataset))
    , m_shared(std::make_shared<Shared>())
{
    const store::GdalErrors errors;
    if (const std::string broken = broken_mask_file(dataset); !broken.empty())
    {
        throw InputError(m_name, "its mask, " + broken + ", cannot be read");
    }
    if (m_name.empty())
    {
        return;
    }
    if (!opened_again(m_name, dataset))
    {
        m_name.clear();
    }
}

SourceRaster::~SourceRaster() = default;

DatasetPtr SourceRaster::open() const
{
    if (m_name.empty())
    {
        const std::lock_guard<std::mutex> lock(m_shared->mutex);
        return DatasetPtr(new View(m_dataset, m_shared));
    }
    const store::GdalErrors errors;
    DatasetPtr opened = opened_again(m_name, m_dataset);
    if (!opened)
    {
        throw store::gdal_failure(m_name, "cannot be opened again: " + errors.cause_at(m_name));
    }
    return opened;
}

bool SourceRaster::by_whole_rows() const
{
    int width = 0;
    int height = 0;
    m_dataset.GetRasterBand(1)->GetBlockSize(&width, &height);
    return 2 * width > m_dataset.GetRasterXSize();
}

} // namespace tiledir::raster
