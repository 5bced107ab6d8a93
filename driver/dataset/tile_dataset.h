// A directory of tiles as GDAL's dataset: its base level, or one of its overviews.
#pragma once

#include "driver/dataset/raster_request.h"
#include "driver/files/tiled_folders.h"
#include "driver/item/raster_levels.h"
#include "driver/reading/tile_reader.h"
#include "driver/store/gdal_compat.h"
#include "driver/writing/tile_writer.h"

#include <gdal_pam.h>
#include <ogr_spatialref.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::driver
{

struct OpenedItem;

/// Statistics and the like are kept beside the item (stac.json.aux.xml). No exception leaves a function that GDAL
/// calls.
class TileDataset final : public GDALPamDataset, public TiledFolders
{
public:
    /// GDAL's pfnOpen.
    static GDALDataset *open(GDALOpenInfo *info) noexcept;

    /// levels[0] becomes this dataset, the others its overviews.
    TileDataset(std::shared_ptr<const TileReader> reader, const std::vector<RasterLevel> &levels,
                const OGRSpatialReference &crs);
    ~TileDataset() override;

    const RasterLevel &level() const { return m_level; }
    const TileReader &reader() const { return *m_reader; }
    std::vector<std::string> tile_folders() const override { return m_reader->folders(); }
    const std::vector<std::unique_ptr<TileDataset>> &overviews() const { return m_overviews; }

    /// Reads pixels that are asked for one by one, straight from the tiles. Nullopt where GDAL is to go by its blocks:
    /// resampled reads, and small windows of tiles that were read before, since the next scan line would ask for the
    /// same tiles again.
    std::optional<CPLErr> read_past_blocks(const RasterRequest &request);
    /// One block of a band (from 0), or of its mask: a tile, cut off at the raster's edges. While a ReadAhead lives,
    /// and over a network for who goes by equal steps as statistics do, the next ones are brought along.
    CPLErr read_block(int block_col, int block_row, int band, bool mask, void *data);

    /// While it lives, blocks are read one by one for this request: the first one that is not in memory brings the next
    /// ones along.
    class ReadAhead
    {
    public:
        /// Does nothing where the buffer is so small that tiles are skipped.
        ReadAhead(TileDataset &dataset, const RasterRequest &request);
        ~ReadAhead();
        ReadAhead(const ReadAhead &) = delete;
        ReadAhead &operator=(const ReadAhead &) = delete;

    private:
        TileDataset &m_dataset;
    };

    /// Pixels that are given are kept, and stored when there are many, at FlushCache() and at the end: see TileWriter.
    CPLErr write(const RasterRequest &request);
    /// A block of a band (from 0) that GDAL's cache held. Only copies, since any thread may be the one that calls.
    CPLErr write_block(int block_col, int block_row, int band, const void *data);

    /// Where data is only whole tiles tell.
    CPLErr store_before_mask();

    /// Stores what was given, and makes the overviews above it again where open option REFRESH is FLUSH.
    store::FlushResult FlushCache(bool closing) override;
    // NOLINTNEXTLINE(readability-identifier-naming): GDAL's name, which before 3.7 it does not have
    CPLErr Close(TILEDIR_CLOSE_PARAMETERS) TILEDIR_CLOSE_OVERRIDE;

    CPLErr TILEDIR_GET_GEO_TRANSFORM(values) override;
    const OGRSpatialReference *GetSpatialRef() const override;
    char **GetFileList() override;

    /// What the item says of itself (ID, TITLE, times) changes there, in a dataset that is open for update; all else is
    /// kept in the .aux.xml. What it says of its tiles stays.
    CPLErr SetMetadata(store::StringList metadata, const char *domain) override;
    CPLErr SetMetadataItem(const char *name, const char *value, const char *domain) override;
    // The grid's: CE_Failure, but for those that it has.
    CPLErr TILEDIR_SET_GEO_TRANSFORM(values) override;
    CPLErr SetSpatialRef(const OGRSpatialReference *crs) override;
    using GDALPamDataset::SetGCPs;
    CPLErr SetGCPs(int count, const GDAL_GCP *points, const OGRSpatialReference *crs) override;

    bool is_writable() const { return m_writer != nullptr; }
    const raster::Pyramid &written_pyramid() const { return m_writer->pyramid(); }
    /// What is to be changed of a band (from 0) in the item, of a dataset that is writable.
    stac::BandChange &change_of_band(int band) { return m_item_change.bands[static_cast<std::size_t>(band)]; }
    /// CE_Failure, and one line.
    CPLErr refuse(const std::string &why) const;

    /// Where nothing can be written beside the item, statistics last as long as the dataset is open.
    CPLErr TrySaveXML() override;

protected:
    /// All overviews are made again, whichever are named: they are levels of the grid.
    CPLErr IBuildOverviews(const char *resampling, int count, const int *factors, int band_count, const int *bands,
                           GDALProgressFunc progress, void *progress_data, CSLConstList options) override;
    CPLErr IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                     int buffer_height, GDALDataType buffer_type, int band_count, store::BandMap bands,
                     GSpacing pixel_space, GSpacing line_space, GSpacing band_space,
                     GDALRasterIOExtraArg *extra) override;

private:
    static std::unique_ptr<GDALDataset> open_item(GDALOpenInfo &info);
    static std::unique_ptr<TileDataset> make(const OpenedItem &opened);
    void describe(const OpenedItem &opened);
    CPLErr read_directly(int col, int row, int width, int height, PixelTarget target,
                         const GDALRasterIOExtraArg *extra) const;
    void read_ahead(int col, int row, int band);
    void read_next_steps(const stac::TileRange &tile, int band);
    void allow_writing(std::unique_ptr<TileWriter> writer);
    const char *why_not_writable(bool mask) const;
    void flush_blocks_of(const std::vector<int> &bands);
    void store_pixels();
    void store_item_change();
    void show_given(const stac::PixelWindow &window, const PixelTarget &target) const;
    CPLErr flush(bool closing);
    CPLErr flush_all(bool closing, bool ending);
    CPLErr close();
    void describe_bands(const std::vector<stac::ItemBand> &bands);

    std::shared_ptr<const TileReader> m_reader;
    std::unique_ptr<TileWriter> m_writer; ///< null: nothing may be written
    bool m_closed = false;
    RasterLevel m_level;
    OGRSpatialReference m_crs;
    std::array<double, 6> m_geotransform{};
    std::string m_item_path;
    stac::ItemChange m_item_change;                        ///< that the item does not say yet
    std::int64_t m_last_block = -1;                        ///< that was read without ReadAhead, counted by rows
    std::int64_t m_block_step = 0;                         ///< from the one before it
    stac::PixelWindow m_read_ahead;                        ///< of the matrix; empty: only what is asked for
    std::vector<std::unique_ptr<TileDataset>> m_overviews; ///< from fine to coarse
};

} // namespace tiledir::driver
