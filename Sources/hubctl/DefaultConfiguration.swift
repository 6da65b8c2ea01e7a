// The hub.yaml that `hubctl init` writes; the hub knows these values without it.

/// What a new hub's settings file says.
enum DefaultConfiguration {
    /// - Parameter crlURI: Where the list of revoked certificates will be; "" = nowhere.
    static func text(crlURI: String) -> String { settings + (crlURI.isEmpty ? "" : place(crlURI)) }

    private static let settings = """
        # Settings of this hub. Each key may be left out; hubd refuses one that it does not know and names it.

        # Where to listen; the command line's --listen wins.
        listen: "127.0.0.1:7443"

        # What documents go through before they are kept. Images are encoded anew by hub-image, without position and camera.
        # `scanner: /run/clamav/clamd.ctl` has every document looked at by clamd.
        documents:
          images: encode_anew

        """

    private static func place(_ uri: String) -> String {
        """

        # Where certificates say that the list of revoked ones is. hubd writes that list to crl_file (ca.crl beside this
        # file unless it is named); a web server has to give it at this place, as application/pkix-crl.
        crl_uri: "\(uri)"

        """
    }
}
