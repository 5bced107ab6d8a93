#include "driver/creating/created_dataset.h"

#include "driver/creating/creation_options.h"
#include "driver/creating/creation_target.h"
#include "driver/creating/tile_creation.h"
#include "driver/store/gdal_edge.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <atomic>
#include <cstdint>
#include <utility>

namespace tiledir::driver
{

namespace
{

constexpr std::int64_t kMostInMemory = 256 << 20; ///< bytes
constexpr int kBlockStep = 16;                    ///< GTiff's blocks are multiples of it

std::string new_stage_path(std::int64_t bytes)
{
    if (bytes > kMostInMemory)
    {
        return std::string(CPLGenerateTempFilename("tiledir")) + ".tif";
    }
    static std::atomic<unsigned> number{0};
    return "/vsimem/tiledir-create-" + std::to_string(CPLGetPID()) + '-' + std::to_string(number++) + ".tif";
}

CPLStringList stage_options(int block_size)
{
    const std::string block = std::to_string(block_size);
    CPLStringList options;
    options.SetNameValue("TILED", "YES");
    options.SetNameValue("BLOCKXSIZE", block.c_str());
    options.SetNameValue("BLOCKYSIZE", block.c_str());
    options.SetNameValue("SPARSE_OK", "TRUE");
    options.SetNameValue("BIGTIFF", "IF_SAFER");
    options.SetNameValue("INTERLEAVE", "BAND");
    return options;
}

} // namespace

class CreatedDataset::Band final : public GDALProxyRasterBand
{
public:
    Band(CreatedDataset &dataset, int number)
    {
        poDS = &dataset;
        nBand = number;
        GDALRasterBand *const band = dataset.underlying().GetRasterBand(number);
        eDataType = band->GetRasterDataType();
        eAccess = GA_Update;
        nRasterXSize = dataset.GetRasterXSize();
        nRasterYSize = dataset.GetRasterYSize();
        band->GetBlockSize(&nBlockXSize, &nBlockYSize);
    }

    void SetDescription(const char *text) override
    {
        GDALProxyRasterBand::SetDescription(text);
        staged().SetDescription(text);
    }
    // GDAL's proxy (3.6) knows nothing of these.
    int64_t GetNoDataValueAsInt64(int *success) override { return staged().GetNoDataValueAsInt64(success); }
    uint64_t GetNoDataValueAsUInt64(int *success) override { return staged().GetNoDataValueAsUInt64(success); }
    CPLErr SetNoDataValueAsInt64(int64_t value) override { return staged().SetNoDataValueAsInt64(value); }
    CPLErr SetNoDataValueAsUInt64(uint64_t value) override { return staged().SetNoDataValueAsUInt64(value); }

protected:
    GDALRasterBand *TILEDIR_REF_UNDERLYING_BAND override { return &staged(); }

private:
    GDALRasterBand &staged() const { return *static_cast<CreatedDataset &>(*poDS).underlying().GetRasterBand(nBand); }
};

CreatedDataset::CreatedDataset(const std::string &name, CSLConstList options, GDALDatasetUniquePtr stage,
                               std::string stage_path)
    : m_name(name)
    , m_options(CSLDuplicate(options))
    , m_stage_path(std::move(stage_path))
    , m_now(std::move(stage))
{
    nRasterXSize = m_now->GetRasterXSize();
    nRasterYSize = m_now->GetRasterYSize();
    eAccess = GA_Update;
    for (int band = 1; band <= m_now->GetRasterCount(); ++band)
    {
        SetBand(band, new Band(*this, band)); // GDAL owns and deletes it
    }
    SetDescription(name.c_str());
}

CreatedDataset::~CreatedDataset()
{
    finish();
}

GDALDataset *CreatedDataset::create(const char *name, int width, int height, int bands, GDALDataType type,
                                    store::StringList options) noexcept
{
    return at_gdal_edge<GDALDataset *>(
        nullptr,
        [&]() -> GDALDataset *
        {
            const CreationOptions chosen = CreationOptions::from(options);
            const CreationTarget checked(name);
            const int tile = chosen.tile_size.value_or(kDefaultTileSize) * chosen.metatile;
            const bool fits = tile % kBlockStep == 0;
            const std::string path =
                new_stage_path(std::int64_t{width} * height * bands * GDALGetDataTypeSizeBytes(type));
            GDALDriver *const driver = GetGDALDriverManager()->GetDriverByName("GTiff");
            GDALDatasetUniquePtr stage(driver->Create(path.c_str(), width, height, bands, type,
                                                      stage_options(fits ? tile : kDefaultTileSize).List()));
            if (!stage)
            {
                return nullptr;
            }
            auto dataset = std::make_unique<CreatedDataset>(name, options, std::move(stage), path);
            dataset->m_can_go_on = chosen.is_native() && fits;
            return dataset.release();
        });
}

void CreatedDataset::drop_stage()
{
    VSIUnlink(m_stage_path.c_str());
    VSIUnlink((m_stage_path + ".aux.xml").c_str());
    VSIUnlink((m_stage_path + ".msk").c_str());
    m_stage_path.clear();
}

/// The directory of tiles, from what is staged.
CPLErr CreatedDataset::make(bool closing)
{
    m_now->FlushCache(false);
    GDALDatasetUniquePtr made(
        create_copy(m_name.c_str(), m_now.get(), FALSE, m_options.List(), GDALDummyProgress, nullptr));
    if (!made)
    {
        return CE_Failure;
    }
    made.reset();
    if (!closing)
    {
        const char *const drivers[] = {"TileDir", nullptr};
        made.reset(GDALDataset::Open(m_name.c_str(), GDAL_OF_RASTER | GDAL_OF_UPDATE | GDAL_OF_VERBOSE_ERROR, drivers));
        if (!made)
        {
            return CE_Failure;
        }
    }
    m_now = std::move(made);
    drop_stage();
    return CE_None;
}

store::FlushResult CreatedDataset::FlushCache(bool closing)
{
    if (m_closed || m_now == nullptr)
    {
        return store::flush_result(CE_None);
    }
    if (!m_stage_path.empty())
    {
        return store::flush_result(m_can_go_on && !closing ? make(false) : CE_None);
    }
    CPLErrorReset();
    m_now->FlushCache(closing);
    return store::flush_result(CPLGetLastErrorType() == CE_Failure ? CE_Failure : CE_None);
}

CPLErr CreatedDataset::finish()
{
    if (m_closed)
    {
        return CE_None;
    }
    CPLErr status = CE_None;
    if (!m_stage_path.empty())
    {
        status = at_gdal_edge(CE_Failure, [this] { return make(true); });
        if (status != CE_None)
        {
            m_now.reset();
            drop_stage();
        }
    }
    m_closed = true;
    m_now.reset();
    return status;
}

CPLErr CreatedDataset::Close(TILEDIR_CLOSE_PARAMETERS)
{
    return finish();
}

} // namespace tiledir::driver
