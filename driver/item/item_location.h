// From what a user gives GDAL to the STAC item of a directory of tiles.
#pragma once

#include "driver/item/dimension_choice.h"

#include <optional>
#include <string>

namespace tiledir::driver
{

struct ItemLocation
{
    std::string folder;
    std::string file;            ///< item, or another document that describes the folder; empty: none does
    std::string asset;           ///< key of an asset template; empty: the only one
    std::string tile_matrix_set; ///< id; empty: the only one
    DimensionValues dimensions;  ///< values of {cube:dimensions:NAME} in templates

    std::string path() const;
    /// Of the URL that the item was opened by (query_of()).
    std::string query() const;
    /// What tiles are opened by when the item has several assets, matrix sets or values of dimensions: `part` is ASSET,
    /// ASSET:SET or NAME=VALUE, or one of the former and the latter.
    std::string connection(const std::string &part) const;
};

/// True for TILEDIR:..., in any case.
bool has_prefix(const std::string &name);
/// What follows TILEDIR:, or all of it.
std::string without_prefix(const std::string &name);

/// Does a name end with .json, or .json.gz?
bool names_json(const std::string &path);

/// True for a URL that no file system of GDAL's opens as it is, and that may lead to an item: of an object store, or of
/// a web server and ending, before its query, with .json or a slash.
bool may_be_item_url(const std::string &name);

/// The item meant by a folder (document_of_folder()), by an item's file, or by TILEDIR: before one of them, with :ASSET
/// or :ASSET:SET and any number of :NAME=VALUE after it or not. Each may be a URL,
/// after TILEDIR: in double quotes too. Throws InputError if there is no such file.
ItemLocation locate_item(const std::string &name);

/// The folder of that name, whatever is in it, as one that no document describes.
ItemLocation locate_tree(const std::string &name);

/// The item's text. Throws InputError if it is absent.
std::string read_item(const ItemLocation &location);

/// True if the file is there, of a plausible size, and a STAC Item with the tiled-assets extension or another document
/// that describes its folder. An item that is broken beyond its mention of the extension counts as one, so that opening
/// it says what is wrong.
bool holds_tiled_assets(const ItemLocation &location);

} // namespace tiledir::driver
